import { createCipheriv, scryptSync } from 'node:crypto'
import { keccak256 } from 'viem'
import { describe, expect, test } from 'vitest'
import { isKeystore, keyInKeystore, keysIn } from '#web/relayer/keys.ts'

const one = '11'.repeat(32)
const two = 'Ab'.repeat(32)

describe('keys in a text', () => {
  test('one a line or with commas, with or without 0x, of two equal ones one', () => {
    const keys = [`0x${one}`, `0x${two.toLowerCase()}`].map((key) => ({ key, retiring: false }))
    expect(keysIn(`0x${one}\n${two}\n`)).toEqual(keys)
    expect(keysIn(`${one}, 0x${two},0x${one}`)).toEqual(keys)
  })

  test('one that retires goes on to its end, and another must be in service', () => {
    expect(keysIn(`${one}\nretire ${two}`)).toMatchObject([{ retiring: false }, { retiring: true }])
    expect(keysIn(`retire ${two}`)).toHaveProperty('unreadable')
  })

  test.each(['', '0x12', `${one}1`, `retired ${one}`, `${one} ${two}`])('%j is none, and is not repeated', (text) => {
    const answer = keysIn(text)
    expect(answer).toHaveProperty('unreadable')
    expect(JSON.stringify(answer)).not.toContain('11111111')
  })
})

describe('a keystore', () => {
  test('opens with its password only', () => {
    const text = JSON.stringify(sealed('open sesame'))
    expect(isKeystore(text)).toBe(true)
    expect(keyInKeystore(text, 'open sesame')).toEqual([{ key: `0x${one}`, retiring: false }])
    expect(keyInKeystore(text, 'open sesam')).toEqual({ unreadable: 'does not open with that password' })
  })

  test('as the standard shows it, by scrypt and by PBKDF2', () => {
    const key = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d'
    expect(keyInKeystore(standardPbkdf2, 'testpassword')).toEqual([{ key, retiring: false }])
  })

  test.each(['{', '{}', '{"version":3,"crypto":{}}'])('%s is none', (text) => {
    expect(keyInKeystore(text, 'x')).toEqual({ unreadable: 'is no keystore of version 3' })
  })

  test('that asks for more memory than any should is refused', () => {
    const greedy = sealed('x')
    const asks = { ...greedy, crypto: { ...greedy.crypto, kdfparams: { ...greedy.crypto.kdfparams, n: 2 ** 30 } } }
    expect(keyInKeystore(JSON.stringify(asks), 'x')).toEqual({ unreadable: 'is no keystore of version 3' })
  })
})

/** Written as wallets do, with little work for scrypt, so that it is quick. */
function sealed(password: string) {
  const salt = Buffer.alloc(32, 7)
  const iv = Buffer.alloc(16, 9)
  const derived = scryptSync(password, salt, 32, { N: 1024, r: 8, p: 1 })
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv)
  const ciphertext = Buffer.concat([cipher.update(Buffer.from(one, 'hex')), cipher.final()])
  return {
    version: 3,
    id: 'any',
    crypto: {
      cipher: 'aes-128-ctr',
      ciphertext: ciphertext.toString('hex'),
      cipherparams: { iv: iv.toString('hex') },
      kdf: 'scrypt',
      kdfparams: { n: 1024, r: 8, p: 1, dklen: 32, salt: salt.toString('hex') },
      mac: keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])).slice(2),
    },
  }
}

/** The test vector of the Web3 Secret Storage definition. */
const standardPbkdf2 = JSON.stringify({
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
})
