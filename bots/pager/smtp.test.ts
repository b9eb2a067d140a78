import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import type { Page, PageCall, Reach } from './define.ts'
import { smtpPager } from './smtp.ts'

interface Got {
  to: string[]
  raw: string
  secure: boolean
  user: string | undefined
}

let folder: string
let cert: string
let key: string
let server: SMTPServer | undefined
let got: Got[]

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jidoka-smtp-'))
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', ...files, ...names],
    {
      stdio: 'ignore',
    },
  )
  cert = readFileSync(join(folder, 'cert.pem'), 'utf8')
  key = readFileSync(join(folder, 'key.pem'), 'utf8')
})
afterAll(() => rmSync(folder, { recursive: true }))
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())))

/** A real mail server on loopback; answers its port. */
async function listen(options: SMTPServerOptions = {}): Promise<number> {
  got = []
  const one = new SMTPServer({
    logger: false,
    key,
    cert,
    onAuth: ({ username, password }, _, done) =>
      username === 'jidoka' && password === 'pass-word' ? done(null, { user: username }) : done(new Error('Invalid login')),
    onRcptTo: ({ address }, _, done) => {
      if (!address.startsWith('gone@')) return done()
      done(Object.assign(new Error(`no such mailbox: ${address}`), { responseCode: 550 }))
    },
    onData(stream, session, done) {
      let raw = ''
      stream.on('data', (data) => {
        raw += data
      })
      stream.on('end', () => {
        got.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw, secure: session.secure, user: session.user })
        done()
      })
    },
    ...options,
  })
  server = one
  one.on('error', () => {})
  await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  return (one.server.address() as AddressInfo).port
}

const pagerOn = (port: number, more: object = {}, ca: string | undefined = cert) =>
  smtpPager(
    {
      kind: 'smtp',
      host: 'localhost',
      port,
      from: 'Jidoka <jidoka@example.com>',
      to: [],
      secure: false,
      requireTls: true,
      timeoutMs: 5_000,
      userEnv: 'MAIL_USER',
      passwordEnv: 'MAIL_PASSWORD',
      ...more,
    },
    {
      clock: systemClock,
      write: () => {},
      environment: (name) => ({ MAIL_USER: 'jidoka', MAIL_PASSWORD: 'pass-word', WRONG: 'wrong' })[name],
      ca,
    },
  )

const aki: Reach = { id: 'aki', name: 'Aki', locale: 'ja', email: 'aki@example.com', phone: undefined }
const chi: Reach = { id: 'chi', name: 'Chi', locale: 'en', email: undefined, phone: undefined }
const pageTo = (people: Reach[], call: Partial<PageCall> = {}): Page & { call: PageCall } => ({
  dedupe: 'inc_1/hung/polaris-1',
  incident: 'inc_1',
  title: 'パケット転送 (polaris): 応答停止',
  text: '検知内容: no answer\r\n.\r\nstill the text',
  payload: { component: 'polaris', urgency: 'high' },
  call: { page: 'page_1', n: 1, level: 0, round: 0, people, locale: 'ja', ...call },
})
const header = (mail: Got | undefined, name: string) =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'im').exec(mail?.raw ?? '')?.[1]?.replaceAll(/\r\n\s+/g, ' ')

describe('a mail', () => {
  test('goes over TLS, after a login, to the person who is called alone', async () => {
    await pagerOn(await listen()).deliver(pageTo([aki]))
    expect(got).toMatchObject([{ to: ['aki@example.com'], secure: true, user: 'jidoka' }])
    expect(header(got[0], 'to')).toBe('aki@example.com')
    expect(header(got[0], 'auto-submitted')).toBe('auto-generated')
    expect(header(got[0], 'subject')).toMatch(/^=\?UTF-8\?/)
  })

  test('of the same page is one thread; the same call keeps its Message-ID, what became of it has another', async () => {
    const pager = pagerOn(await listen())
    await pager.deliver(pageTo([aki]))
    await pager.deliver(pageTo([aki]))
    await pager.deliver(pageTo([aki], { n: 2 }))
    await pager.tell?.({ kind: 'acknowledged', page: pageTo([aki]), acknowledged: null, why: null, at: 5, text: 'Ben has it' })
    const ids = got.map((mail) => header(mail, 'message-id'))
    expect(ids[0]).toBe(ids[1])
    expect(new Set(ids).size).toBe(3)
    expect(new Set(got.map((mail) => header(mail, 'references')))).toHaveLength(1)
    expect(header(got[0], 'references')).toMatch(/^<[0-9a-f]{32}@example\.com>$/)
    expect(got[3]?.raw).toContain('Ben has it')
  })

  test('by TLS from the first byte', async () => {
    await pagerOn(await listen({ secure: true }), { secure: true }).deliver(pageTo([aki]))
    expect(got).toMatchObject([{ secure: true }])
  })

  test('what a title says cannot add a header or an address', async () => {
    const page = { ...pageTo([aki]), title: 'polaris\r\nBcc: eve@example.com\r\n\r\nboo' }
    await pagerOn(await listen()).deliver(page)
    expect(got[0]?.to).toEqual(['aki@example.com'])
    expect(header(got[0], 'bcc')).toBeUndefined()
  })
})

describe('who is mailed', () => {
  const split = (people: Reach[], to: string[] = []) =>
    pagerOn(1, { to })
      .split?.(people)
      .map((some) => some.map(({ id }) => id))

  test('each with an address, by themselves; and those who always are', () => {
    expect(split([aki, chi])).toEqual([['aki']])
    expect(split([aki, chi], ['team@example.com'])).toEqual([['aki'], []])
    expect(split([chi])).toEqual([])
  })

  test('without a store, those who always are', async () => {
    const { call, ...page } = pageTo([])
    await pagerOn(await listen(), { to: ['team@example.com', 'desk@example.com'] }).deliver(page)
    expect(got[0]?.to).toEqual(['team@example.com', 'desk@example.com'])
  })
})

describe('refused', () => {
  const failing = (pager: ReturnType<typeof pagerOn>, people = [aki]) =>
    pager.deliver(pageTo(people)).then(
      () => null,
      (error) => ({ code: error.code, problem: error.details.problem, permanent: error.details.permanent }),
    )

  test('by a server without TLS: it is not sent in the clear, unless that is wanted', async () => {
    const port = await listen({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    expect(await failing(pagerOn(port))).toMatchObject({ code: 'page-not-sent', permanent: false })
    expect(got).toEqual([])
    await pagerOn(port, { requireTls: false }).deliver(pageTo([aki]))
    expect(got).toMatchObject([{ secure: false }])
  })

  test('by us, when nobody vouches for the certificate', async () => {
    expect(await failing(smtpWithoutTrust(await listen()))).toMatchObject({ code: 'page-not-sent' })
    expect(got).toEqual([])
  })
  const smtpWithoutTrust = (port: number) =>
    smtpPager(
      { kind: 'smtp', host: 'localhost', port, from: 'a@example.com', to: [], secure: false, requireTls: true, timeoutMs: 5_000 },
      { clock: systemClock, write: () => {}, environment: () => undefined },
    )

  test('a wrong password: the words of the server, which may name people, are not told', async () => {
    const found = await failing(pagerOn(await listen(), { passwordEnv: 'WRONG' }))
    expect(found).toMatchObject({ problem: 'the mail server answered 535 (EAUTH)', permanent: false })
    expect(await failing(pagerOn(1, { passwordEnv: 'NOT_THERE' }))).toMatchObject({ problem: 'the environment has no NOT_THERE' })
  })

  test('an address that does not exist never will', async () => {
    const found = await failing(pagerOn(await listen()), [{ ...aki, email: 'gone@example.com' }])
    expect(found).toEqual({ code: 'page-not-sent', problem: 'the mail server answered 550 (EENVELOPE)', permanent: true })
  })

  test('a server that hangs, and one that is not there', async () => {
    const port = await listen({ onConnect: () => {} })
    expect(await failing(pagerOn(port, { timeoutMs: 200 }))).toMatchObject({ code: 'page-not-sent', permanent: false })
    expect(await failing(pagerOn(1))).toMatchObject({ code: 'page-not-sent', permanent: false })
  })
})
