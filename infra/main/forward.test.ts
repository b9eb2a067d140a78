import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { forwarding } from './forward.ts'

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
})

/** The leader: says what came. */
async function leader(): Promise<string> {
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    response.writeHead(202, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ method: request.method, url: request.url, token: request.headers.authorization, text }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const follower = (leaderUrl: string | null, leads = false) => {
  const only = [/^POST \/v1\/beats$/]
  const pass = forwarding(() => new Response('here'), { only, leads: () => leads, leaderUrl: () => leaderUrl, bodyLimitBytes: 100 })
  return async (path: string, init: RequestInit = {}) => pass(new Request(`http://b${path}`, { method: 'POST', ...init }), {})
}

test('what only the leader can do goes there as it came, and so does its answer', async () => {
  const ask = follower(await leader())
  const answer = await ask('/v1/beats?x=1', { body: '{"a":1}', headers: { authorization: 'Bearer t' } })
  expect(answer.status).toBe(202)
  expect(await answer.json()).toEqual({ method: 'POST', url: '/v1/beats?x=1', token: 'Bearer t', text: '{"a":1}' })
  expect(await (await ask('/v1/alerts')).text(), 'all else is answered here').toBe('here')
  expect(await (await follower('http://nobody', true)('/v1/beats')).text(), 'the leader answers itself').toBe('here')
})

test('without a leader that answers it says so, and nothing was done', async () => {
  for (const url of [null, 'http://127.0.0.1:1']) {
    const answer = await follower(url)('/v1/beats')
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'not-leader'])
  }
})

test('it is passed on once: two that take each other for the leader do not play ball', async () => {
  const answer = await follower(await leader())('/v1/beats', { headers: { 'jidoka-passed-on': '1' } })
  expect(answer.status).toBe(503)
})

test('what is too large is not passed on', async () => {
  expect((await follower(await leader())('/v1/beats', { body: 'x'.repeat(101) })).status).toBe(413)
})
