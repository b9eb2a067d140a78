import { createServer } from 'node:http'

/** What cannot be taken back: counts how often each launch was asked for. Never broken itself. */
export interface LaunchPad {
  /** Launches by the key of their step; more than one is one too many. */
  launches: ReadonlyMap<string, number>
  close(): Promise<void>
}

/** `POST /launch?key=` launches, `GET /launched?key=` tells whether it did. */
export async function openLaunchPad(port: number): Promise<LaunchPad> {
  const launches = new Map<string, number>()
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://pad')
    const key = url.searchParams.get('key') ?? ''
    if (request.method === 'POST') launches.set(key, (launches.get(key) ?? 0) + 1)
    // After the launch: an answer that never arrives is the hard case.
    response.end(JSON.stringify({ launched: launches.get(key) ?? 0 }))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    launches,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** The configuration as a module: it brings an irreversible action and the runbook that uses it. */
export const configModule = (
  config: object,
  publicModule: string,
  padUrl: string,
) => `import { defineAction, defineRunbook, step } from ${JSON.stringify(publicModule)}
const launch = defineAction('launch', {
  title: 'Launch', kind: 'irreversible', timeoutMs: 2_000, attempts: 1,
  async apply(_, { key, signal }) {
    const answer = await fetch(${JSON.stringify(`${padUrl}/launch?key=`)} + encodeURIComponent(key), { method: 'POST', signal })
    return answer.json()
  },
  async probe(_, { key }) {
    const answer = await fetch(${JSON.stringify(`${padUrl}/launched?key=`)} + encodeURIComponent(key))
    return (await answer.json()).launched > 0 ? 'done' : 'not-done'
  },
})
const launchPad = defineRunbook('launch-pad', {
  title: 'Launch', answers: [], requires: [], cooldownMs: 0,
  steps: () => [step('launch', {}), step('launch', {})],
})
export default { ...${JSON.stringify(config)}, actions: [launch], runbooks: [launchPad] }
`
