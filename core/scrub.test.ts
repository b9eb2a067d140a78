import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { scrub } from './scrub.ts'

/** Put together here, so that nobody takes them for real ones. */
const slack = ['xoxb', '1234567890', 'abcdefghij'].join('-')
const github = `ghp_${'a1B2'.repeat(9)}`
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxIn0AAAA', 'c2lnbmF0dXJl'].join('.')
const pem = `-----BEGIN RSA ${'PRIVATE'} KEY-----\nMIIB\nAAAA\n-----END RSA ${'PRIVATE'} KEY-----`
const card = '4111 1111 1111 1111'

describe('what must not stand anywhere is cut, and named', () => {
  test.each([
    ['a Slack token', `use ${slack} now`, 'use [Slack token cut] now'],
    ['a Slack hook', 'https://hooks.slack.com/services/T0/B0/xyz!', '[Slack URL cut]'],
    ['an AWS key', `AKIA${'ABCD1234'.repeat(2)} leaked`, '[AWS key cut] leaked'],
    ['a GitHub token', `(${github})`, '([GitHub token cut])'],
    ['a GitLab token', `glpat-${'x'.repeat(20)}`, '[API key cut]'],
    ['a payment key', `sk_live_${'x'.repeat(20)}`, '[API key cut]'],
    ['a JWT', `cookie says ${jwt}`, 'cookie says [JWT cut]'],
    ['a header', 'Authorization: Bearer abcDEF123456789', 'Authorization: [token cut]'],
    ['basic access', 'Authorization: Basic YWtpOmh1bnRlcjI=', 'Authorization: [token cut]'],
    ['a private key', `key:\n${pem}\nend`, 'key:\n[private key cut]\nend'],
    ['the beginning of a private key', pem.slice(0, 40), '[private key cut]'],
    ['a password', 'password=hunter2, thanks', '[secret cut], thanks'],
    ['a password with gaps', 'password: "two words" ok', '[secret cut] ok'],
    ['a password in JSON', '{"user":"aki","password":"hunter2"}', '{"user":"aki","[secret cut]}'],
    ['a password in JSON in JSON', '{\\"password\\":\\"hunter2\\"}', '{\\"[secret cut]'],
    ['one of many names', 'client_secret=abc aws_secret_access_key=def X-Api-Key: ghi', '[secret cut] [secret cut] [secret cut]'],
    ['a name in camel case', 'accessToken = abc', '[secret cut]'],
    ['a signed address', 'https://x/y?a=1&X-Amz-Signature=0a1b2c&b=2', 'https://x/y?a=1&[secret cut]&b=2'],
    ['a password in Japanese', 'パスワード：ひみつ です', '[secret cut] です'],
    ['an arrow', ":token=>'abc'", ':[secret cut]'],
    ['a password in an address', 'postgres://app:hunter2@db/x', 'postgres://app:[password cut]@db/x'],
    ['without a user', 'redis://:hunter2@cache:6379', 'redis://:[password cut]@cache:6379'],
    ['an e-mail address', 'ask tanaka.t+x@mail.example.co.jp.', 'ask [e-mail address cut].'],
    ['a long one', `${'a'.repeat(80)}@example.com`, `${'a'.repeat(16)}[e-mail address cut]`],
    ['a card', `paid by ${card}`, 'paid by [card number cut]'],
    ['a card behind other numbers', `5678 ${card}`, '5678 [card number cut]'],
    ['a subscriber', 'IMSI 440101234567890 drops', 'IMSI [long number cut] drops'],
    ['a SIM', 'ICCID 8981100012345678901', 'ICCID [long number cut]'],
    ['a subscriber in Japanese', '加入者440101234567890が圏外', '加入者[long number cut]が圏外'],
    ['a telephone', 'call +81 90-1234-5678 now', 'call [phone number cut] now'],
    ['a telephone at home', '090-1234-5678 / 03-1234-5678 / 09012345678', '[phone number cut] / [phone number cut] / [phone number cut]'],
  ])('%s', (_, text, cut) => {
    expect(scrub(text)).toBe(cut)
  })
})

describe('what people need to read stays', () => {
  test.each([
    'No basic connectivity: dedicated bearer establishment fails',
    'bearer modification rejected, basic functionality lost',
    'polaris-1: pass, polaris-2: fail; 3 pass: 1 fail',
    'since 2026-11-20 10:32 +09:00, until 2026-11-21',
    'took from 1763600000000 to 1763600001234 ms',
    '10 20 30 40 50 60 70 80 90 100',
    '1234 5678 9012 3456',
    'at 10.0.12.7:8080 and 2001:db8::1',
    'deployed 4.2.1-rc.3 (01-02-2026)',
    'the token of the lease has expired; two tokens: no',
    'トークンは期限切れです',
    'a trace 4bf92f3577b34da6a3ce929d0e0e4736',
    'cause #17, 40,000 messages, +9 min',
    'root@db-1 cannot log in',
    'task-force, risk-based',
  ])('%s', (text) => {
    expect(scrub(text)).toBe(text)
  })
})

test('what was cut is not cut again', () => {
  const pieces = fc.constantFrom(
    slack,
    github,
    jwt,
    pem,
    card,
    'password=',
    'token: ',
    '"secret":',
    'a@b.example',
    ' ',
    '\n',
    'x',
    '"',
    "'",
    '+81 90 1234 5678',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const once = scrub(parts.join(' '))
      expect(scrub(once)).toBe(once)
    }),
  )
})

test('a secret between any words is cut', () => {
  const words = fc.string({ unit: 'grapheme', maxLength: 40 })
  fc.assert(
    fc.property(words, words, (before, after) => {
      expect(scrub(`${before} ${slack} ${after}`)).not.toContain(slack)
      expect(scrub(`${before} password=hunter2hunter2 ${after}`)).not.toContain('hunter2hunter2')
    }),
  )
})

test.each([
  ['letters', 'a'],
  ['letters and dots', 'a.'],
  ['letters and dashes', 'a-'],
  ['digits', '1'],
  ['digits and gaps', '1 '],
  ['addresses', 'a@a.'],
  ['beginnings of tokens', 'eyJaaaaaaaa-'],
  ['beginnings of keys', '-----BEGIN PRIVATE '],
  ['names without a value', 'password '],
  ['quotes that do not end', 'password="'],
  ['addresses with users', '://a:'],
])('100,000 characters of %s take no time', (_, piece) => {
  const text = piece.repeat(Math.ceil(100_000 / piece.length))
  const from = performance.now()
  scrub(text)
  expect(performance.now() - from).toBeLessThan(2_000)
})
