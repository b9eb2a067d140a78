import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { openApi } from './api.ts'

/** A place where nobody listens any more, and one that answers. */
async function places() {
  const gone = createServer()
  const there = createServer((_, answer) => answer.setHeader('content-type', 'application/json').end('{"items":[]}'))
  const urlOf = async (server: typeof gone) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const urls = [await urlOf(gone), await urlOf(there)]
  await new Promise((resolve) => gone.close(resolve))
  return { urls, close: () => there.close() }
}

test('when the first of two controllers is gone, every question of a picture reaches the other one', async () => {
  const { urls, close } = await places()
  try {
    const api = await openApi({ url: urls, token: 'jdk_x' }, {}, '/nowhere')
    const answers = await Promise.all(['/v1/components', '/v1/incidents', '/v1/maintenance', '/v1/runs'].map((path) => api.get(path)))
    expect(answers).toEqual(Array(4).fill({ items: [] }))
    expect(api.url).toBe(urls[1])
  } finally {
    close()
  }
})

test('without a token it says how to get one, where somebody named a controller', async () => {
  const hint = expect.objectContaining({ message: expect.stringContaining('jidoka token create') })
  await expect(openApi({ url: ['http://127.0.0.1:1'] }, {}, '/nowhere')).rejects.toEqual(hint)
})
