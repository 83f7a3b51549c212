import assert from 'node:assert/strict'
import { Receipts } from '../../src/messenger/receipts.js'

describe('receipts', () => {
  it('come in order, up to the packet that arrived', () => {
    const receipts = new Receipts()
    for (let i = 0; i < 10; i++) receipts.add(100 + 2 * i, i + 1)
    assert.equal(receipts.take(100), undefined)
    assert.equal(receipts.take(101), 1)
    assert.equal(receipts.take(101), undefined)
    assert.equal(receipts.take(105), 2)
    assert.equal(receipts.take(105), 3)
    assert.equal(receipts.take(105), undefined)
    assert.equal(receipts.size, 7)
  })

  it('follow packet numbers around 2^32', () => {
    const receipts = new Receipts()
    receipts.add(0xffff_ffff, 1)
    receipts.add(0, 2)
    assert.equal(receipts.take(0xffff_ffff), undefined)
    assert.equal(receipts.take(0), 1)
    assert.equal(receipts.take(0), undefined)
    assert.equal(receipts.take(1), 2)
  })

  it('are the same as a plain queue, through every growth and wrap', () => {
    const receipts = new Receipts()
    const queue: number[] = []
    let sent = 0xffff_ff00
    let acked = sent
    for (let round = 1; round < 400; round++) {
      for (let i = 0; i < (round * 7) % 97; i++) {
        const id = queue.length + round * 1000
        receipts.add(sent, id)
        queue.push(id)
        sent = (sent + 1) >>> 0
      }
      for (let i = (round * 5) % 89; i > 0 && queue.length > 0; i--) {
        acked = (acked + 1) >>> 0
        assert.equal(receipts.take(acked), queue.shift())
      }
      assert.equal(receipts.take(acked), undefined)
      assert.equal(receipts.size, queue.length)
    }
  })

  it('are at most as many as a send window holds', () => {
    const receipts = new Receipts()
    for (let i = 0; i < 32_768; i++) {
      assert.equal(receipts.isFull, false)
      receipts.add(i, i + 1)
    }
    assert.ok(receipts.isFull)
    receipts.clear()
    assert.equal(receipts.take(99_999), undefined)
    receipts.add(7, 1)
    assert.equal(receipts.take(8), 1)
  })
})
