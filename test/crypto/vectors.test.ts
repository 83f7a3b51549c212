// Published vectors: the NaCl paper's box, RFC 7748, RFC 8032, FIPS 180-2, RFC 4231's key with NaCl's truncation, scrypt.

import assert from 'node:assert/strict'
import { scryptSync } from 'node:crypto'
import { hsalsa20OfZero } from '../../src/crypto/backend/hsalsa20.js'
import { MAC_BYTES, type SharedKey } from '../../src/crypto/index.js'
import { branded, hex, onEveryBackend } from './backends.js'

/** "Cryptography in NaCl" (Bernstein, 2009): Alice sends Bob one box. RFC 7748, 6.1, uses the same two key pairs. */
const NACL = {
  aliceSecret: hex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
  alicePublic: hex('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
  bobSecret: hex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'),
  bobPublic: hex('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
  point: hex('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'),
  firstKey: hex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389'),
  nonce: hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37'),
  plain: hex(`
    be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc
    e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31
    0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde
    048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864
    5e0705`),
  sealed: hex(`
    f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce
    48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972
    71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae
    90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3
    7973f622a43d14a6599b1f654cb45a74e355a5`),
}

/** RFC 7748, section 5.2: scalar, coordinate, product. */
const X25519 = [
  [
    'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
    'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
    'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
  ],
  [
    '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
    'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
    '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
  ],
].map((row) => row.map(hex)) as [Uint8Array, Uint8Array, Uint8Array][]

/** RFC 8032, section 7.1: seed, public key, message, signature. */
const ED25519 = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    '',
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
      '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    '72',
    '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
      '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    'af82',
    '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac' +
      '18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  ],
].map((row) => row.map(hex)) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array][]

const text = (ascii: string): Uint8Array => new TextEncoder().encode(ascii)

/** FIPS 180-2, appendices B and C, and the empty text. */
const TWO_BLOCKS = text('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')
const SHA256 = [
  [text(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [text('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [TWO_BLOCKS, '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1'],
  [text('a'.repeat(1_000_000)), 'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0'],
] as const
const SHA512 = [
  [
    text('abc'),
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a' +
      '2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  ],
  [
    text(
      'abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu',
    ),
    '8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018' +
      '501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909',
  ],
] as const

describe('HSalsa20', () => {
  it('makes the first key of the NaCl paper from the shared point', () => {
    const out = new Uint8Array(32)
    hsalsa20OfZero(out, NACL.point)
    assert.deepEqual(out, NACL.firstKey)
  })
})

await onEveryBackend('published vectors', (crypto) => {
  it('X25519: public keys of the NaCl paper and RFC 7748', () => {
    assert.deepEqual(crypto.publicKeyOf(branded(NACL.aliceSecret)), NACL.alicePublic)
    assert.deepEqual(crypto.publicKeyOf(branded(NACL.bobSecret)), NACL.bobPublic)
  })

  it('X25519: products of RFC 7748, through HSalsa20', () => {
    for (const [scalar, coordinate, product] of X25519) {
      const expected = new Uint8Array(32)
      hsalsa20OfZero(expected, product)
      assert.deepEqual(crypto.sharedKey(branded(coordinate), branded(scalar)), expected)
    }
  })

  it('box: the shared key, sealed text and opened text of the NaCl paper', () => {
    const key = crypto.sharedKey(branded(NACL.bobPublic), branded(NACL.aliceSecret))
    assert.ok(key)
    assert.deepEqual(key, NACL.firstKey)
    assert.deepEqual(crypto.sharedKey(branded(NACL.alicePublic), branded(NACL.bobSecret)), NACL.firstKey)

    const sealed = new Uint8Array(NACL.plain.length + MAC_BYTES)
    crypto.seal(sealed, NACL.plain, NACL.nonce, key)
    assert.deepEqual(sealed, NACL.sealed)
    const plain = new Uint8Array(NACL.plain.length)
    assert.equal(crypto.open(plain, NACL.sealed, NACL.nonce, key), true)
    assert.deepEqual(plain, NACL.plain)
  })

  it('Ed25519: keys, signatures and verification of RFC 8032', () => {
    for (const [seed, publicKey, message, signature] of ED25519) {
      const pair = crypto.signKeyPairOfSeed(seed)
      assert.deepEqual(pair.publicKey, publicKey)
      assert.deepEqual(crypto.sign(message, pair.secretKey), signature)
      assert.equal(crypto.verify(signature, message, publicKey), true)
      assert.equal(crypto.verify(signature, Uint8Array.of(...message, 0), publicKey), false)
    }
  })

  it('SHA-256 and SHA-512 of FIPS 180-2', () => {
    for (const [data, hash] of SHA256) assert.deepEqual(crypto.sha256(data), hex(hash))
    for (const [data, hash] of SHA512) assert.deepEqual(crypto.sha512(data), hex(hash))
  })

  it('crypto_auth: HMAC-SHA-512 of RFC 4231, case 2, cut to 256 bits', () => {
    const key = new Uint8Array(32)
    key.set(text('Jefe'))
    assert.deepEqual(
      crypto.auth(text('what do ya want for nothing?'), key),
      hex('164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554'),
    )
  })

  it('the password hash is scrypt with N = 2^14, r = 8, p = 2 over SHA-256 of the passphrase', () => {
    const salt = Uint8Array.from({ length: 32 }, (_, i) => i)
    for (const passphrase of [text(''), text('correct horse battery staple')]) {
      const expected = scryptSync(crypto.sha256(passphrase), salt, 32, { N: 2 ** 14, r: 8, p: 2, maxmem: 64 << 20 })
      assert.deepEqual(crypto.passwordKey(passphrase, salt), branded<SharedKey>(Uint8Array.from(expected)))
    }
  })
})
