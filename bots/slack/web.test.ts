import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { silentLog } from '../../core/log.ts'
import { openWorkspace, type Workspace } from '../../test/slack/workspace.ts'
import { openWeb, slackFetch } from './web.ts'

let workspace: Workspace
afterEach(() => workspace?.close())

async function begin(over: { token?: string; timeoutMs?: number } = {}) {
  workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }] })
  const fetch = workspace.clientOptions.fetch as never
  const web = openWeb({
    token: workspace.botToken,
    apiUrl: workspace.apiUrl,
    fetch,
    clock: systemClock,
    log: silentLog,
    timeoutMs: 200,
    ...over,
  })
  const channel = (await workspace.channel('ops'))?.id as string
  return { web, post: () => web.call('chat.postMessage', { channel, text: 'hello' }) }
}

describe('what becomes of a call', () => {
  test('its answer', async () => {
    const { post } = await begin()
    expect(await post()).toMatchObject({ ok: true, result: { ts: expect.stringMatching(/^\d+\.\d+$/) } })
  })

  test.each([
    ['limited, and for how long', { status: 429, retryAfterS: 7 }, { kind: 'limited', retryAfterMs: 7_000 }],
    ['limited, and not for how long', { status: 429 }, { kind: 'limited', retryAfterMs: 10_000 }],
    ['not reached: surely not done', { network: true }, { kind: 'away', done: 'no', problem: 'ECONNREFUSED' }],
    ['the answer lost: in doubt', { lostAnswer: true }, { kind: 'away', done: 'maybe', problem: 'ECONNRESET' }],
    ['no answer: in doubt', { hang: true }, { kind: 'away', done: 'maybe', problem: 'no answer in time' }],
    ['broken: in doubt', { status: 503 }, { kind: 'away', done: 'maybe', problem: 'HTTP 503' }],
    ['broken, in its own words: in doubt', { error: 'fatal_error' }, { kind: 'away', done: 'maybe', problem: 'fatal_error' }],
    ['not with this key: as if away', { error: 'token_revoked' }, { kind: 'away', done: 'no', problem: 'token_revoked' }],
    ['refused', { error: 'channel_not_found' }, { kind: 'refused', error: 'channel_not_found', detail: '', errors: [] }],
    [
      'a scope is missing, and which',
      { error: 'missing_scope', detail: { needed: 'chat:write' } },
      { kind: 'refused', error: 'missing_scope', detail: 'needs chat:write', errors: [] },
    ],
  ])('%s', async (_, fault, trouble) => {
    const { post } = await begin()
    workspace.faults.add({ method: /^chat\.postMessage$/, ...fault })
    expect(await post()).toEqual({ ok: false, trouble })
    // One try each: the outbox looks before it sends again.
    expect(workspace.count('chat.postMessage')).toBe(1)
  })
})

test('one method that is limited holds up no other', async () => {
  const { web, post } = await begin()
  workspace.faults.add({ method: /^conversations\.create$/, status: 429, retryAfterS: 60 })
  await web.call('conversations.create', { name: 'x' })
  expect((await post()).ok).toBe(true)
})

test('the token is in no trouble that is told', async () => {
  const { web } = await begin({ token: 'xoxb-1234567890-secret' })
  const answer = await web.call('auth.test', {})
  expect(JSON.stringify(answer)).not.toContain('secret')
  expect(answer).toMatchObject({ ok: false, trouble: { kind: 'away', problem: 'invalid_auth' } })
})

describe('nothing but Slack is ever called', () => {
  const asked: string[] = []
  const redirects: unknown[] = []
  const inner = async (url: string | URL, init?: RequestInit) => {
    asked.push(String(url))
    redirects.push(init?.redirect)
    return new Response('ok')
  }
  const guarded = slackFetch('http://127.0.0.1:7199/api/', inner as never)

  test.each([
    'http://169.254.169.254/latest/meta-data',
    'http://hooks.slack.com/x',
    'https://hooks.slack.com.evil.example/x',
    'https://evil.example/hooks.slack.com',
    'https://slack.com@evil.example/',
    'https://hooks.slack.com:8443/x',
    'http://127.0.0.1:7200/api/',
    'file:///etc/passwd',
  ])('not %s', async (url) => {
    await expect(guarded(url)).rejects.toThrow(/not a host of Slack/)
    expect(asked).not.toContain(url)
  })

  test.each([
    'https://slack.com/api/x',
    'https://hooks.slack.com/actions/T1/2/3',
    'https://files.slack.com/files-pri/x',
    'http://127.0.0.1:7199/api/auth.test',
  ])('but %s', async (url) => {
    await guarded(url)
    expect(asked).toContain(url)
  })

  test('nor where one of these would send us on', async () => {
    await guarded('https://slack.com/api/x', { method: 'POST', redirect: 'follow' })
    expect(redirects.at(-1)).toBe('error')
  })

  test('files come from the host of files alone, since our token goes there', async () => {
    const { web } = await begin()
    await expect(web.download('https://hooks.slack.com/files-pri/x', AbortSignal.timeout(100))).rejects.toThrow(/does not hold/)
  })
})
