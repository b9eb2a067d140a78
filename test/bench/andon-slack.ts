import { openWorkspace } from '../slack/workspace.ts'

/** A workspace in a process of its own, so that what it keeps is not counted as ours. Speaks with its parent by messages. */
const people = Array.from({ length: Number(process.argv[2] ?? 4) }, (_, n) => `p${n}`)
const workspace = await openWorkspace({ mode: 'http', seed: 7, people, channels: [{ name: 'ops', members: ['p0'] }] })
const injected = new Map<string, number>()

interface Asked {
  do: 'faults' | 'read' | 'slow' | 'end'
  latencyMs?: number
  channels?: string[]
}

process.on('message', async ({ do: what, channels = [], latencyMs = 0 }: Asked) => {
  if (what === 'slow') {
    workspace.latencyMs = latencyMs
    process.send?.({})
  }
  if (what === 'faults') {
    workspace.faults.add({ status: 429, retryAfterS: 2, rate: 0.03 })
    workspace.faults.add({ status: 503, rate: 0.02 })
    workspace.faults.add({ lostAnswer: true, rate: 0.02 })
    workspace.faults.add({ network: true, rate: 0.01 })
    process.send?.({})
  }
  if (what === 'read') {
    for (const { answered } of workspace.calls) injected.set(answered, (injected.get(answered) ?? 0) + 1)
    const rooms: string[][] = []
    for (const channel of channels) {
      const { messages } = await workspace.ask('bot', 'conversations.history', { channel, limit: 1000 })
      rooms.push((messages as { text: string }[]).map(({ text }) => text).toReversed())
    }
    process.send?.({ rooms, answered: Object.fromEntries(injected) })
  }
  if (what === 'end') {
    await workspace.close()
    process.exit(0)
  }
})
process.send?.({
  apiUrl: workspace.apiUrl,
  ...{ botToken: workspace.botToken, appToken: workspace.appToken, signingSecret: workspace.signingSecret },
  ids: Object.fromEntries(people.map((name) => [name, workspace.idOf(name)])),
  ops: (await workspace.channel('ops'))?.id,
})
