// Tests a bot in a simulated network. Nothing leaves the process, minutes pass in milliseconds, and each run is the same.
// Run: node --test test-a-bot.test.mjs
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addNodes, loadCrypto, simulatedTox, World } from 'toxcore-ts/sim'

/** The bot knows nothing of networks: in life it is started with `echo(await Tox.create({ … }))`. */
async function echo(tox) {
  tox.on('friendRequest', (request) => request.accept())
  // Without the catch, this test finds the bot dead: a friend who leaves before the receipt comes rejects the promise.
  for await (const { friend, text } of tox.messages()) friend.send(text).catch(() => {})
}

test('the bot answers on a bad line, and again after ten minutes without one', async () => {
  const world = new World({ seed: 'echo', crypto: await loadCrypto(), link: { loss: 0.02, jitterMs: 30 } })
  const bootstrap = addNodes(world, 4)
  const cellar = world.addHost('cellar', { router: world.addRouter({ kind: 'port-restricted' }) })
  const bot = await simulatedTox(cellar, { name: 'Echo', bootstrap })
  const user = await simulatedTox(world.addHost('phone'), { name: 'User', bootstrap })
  const life = echo(bot)

  const friend = user.addFriend(bot.address, 'Hello, Echo')
  const answers = user.messages()
  await world.settled('the bot comes online', friend.whenOnline(), 60_000)
  const { roundTripMs } = await world.settled('the bot has it', friend.send('marco'), 10_000)
  assert.ok(roundTripMs >= 50, 'a way of 25 ms, there and back')
  const { value: answer } = await world.settled('the bot answers', answers.next(), 10_000)
  assert.equal(answer.text, 'marco')

  cellar.unplug()
  await world.expectAsync('the bot is missed', () => !friend.isOnline, 60_000)
  await world.runAsync(600_000)
  cellar.plug()
  await world.settled('the bot comes back', friend.whenOnline(), 300_000)
  friend.send('polo')
  assert.equal((await world.settled('the bot answers', answers.next(), 10_000)).value.text, 'polo')
  await Promise.all([bot.close(), user.close(), life])
})
