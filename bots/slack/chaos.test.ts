import { afterEach, expect, test } from 'vitest'
import type { Journal } from '../../core/journal/journal.ts'
import { below, chance, pick, seededRandom } from '../../core/random.ts'
import { openWorkspace, type Workspace } from '../../test/slack/workspace.ts'
import { openHouse } from '../../test/slack-house.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A journal that takes so many writes, and then no more: what a killed process leaves behind. */
function dying(journal: Journal, writes: number) {
  let left = writes
  const mortal = new Set(['refer', 'settle', 'relay', 'advance'])
  const mortalOne: Journal = new Proxy(journal, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (!mortal.has(String(name))) return value
      return async (...args: unknown[]) => {
        if (left-- <= 0) throw new Error('killed')
        return (value as (...given: unknown[]) => Promise<unknown>)(...args)
      }
    },
  })
  return { journal: mortalOne, dead: () => left < 0 }
}

const lives = 6
const words = 60

test.each([1, 2, 3, 4, 5, 6])(
  'seed %i: faults on every call, killed again and again: nothing lost, nothing twice, in order',
  async (seed) => {
    const random = seededRandom(seed)
    const workspace = await openWorkspace({ mode: 'http', seed, channels: [{ name: 'ops' }] })
    open.push(workspace.close)
    const house = await openHouse(workspace, ['aki', 'ben', 'chika'], { leaders: ['ben'] })
    open.push(house.close)
    workspace.faults.add({ status: 429, retryAfterS: 1, rate: 0.05 })
    workspace.faults.add({ status: 503, rate: 0.04 })
    workspace.faults.add({ lostAnswer: true, rate: 0.08 })
    workspace.faults.add({ network: true, rate: 0.04 })

    const andons: string[] = []
    const said = new Map<string, string[]>()
    for (let life = 0; life < lives; life++) {
      const last = life === lives - 1
      const mortal = dying(house.journal, last ? Number.POSITIVE_INFINITY : 5 + below(random, 60))
      const delivery = house.start({ journal: mortal.journal })
      if (life === 0) await workspace.until(() => workspace.count('auth.test'))
      for (let n = 0; n < words / lives; n++) {
        if (andons.length < 3 && chance(random, 0.3))
          andons.push((await house.pull(`matter ${andons.length}`, pick(random, ['aki', 'ben']), { private: chance(random, 0.2) })).id)
        const id = andons.length > 0 ? pick(random, andons) : undefined
        if (!id) continue
        const word = `word ${life}-${n}.`
        await house.desk.command(id, 'note', { text: word }, house.actorOf('ben'))
        said.set(id, [...(said.get(id) ?? []), word])
      }
      if (last) continue
      await workspace.until(async () => mortal.dead() || (await house.journal.lanes('slack', 1)).length === 0, 15_000)
      await delivery.stop()
    }
    await house.idle()

    for (const [id, expected] of said) {
      const there = await messagesOf(workspace, (await house.journal.reference(`slack:room/${id}`)) as string)
      expect(there.flatMap(({ text }) => /word \d-\d+\./.exec(text)?.[0] ?? [])).toEqual(expected)
      const keys = there.flatMap(({ metadata }) => metadata?.event_payload.key ?? [])
      expect(new Set(keys).size).toBe(keys.length)
      expect(keys).toContain(`slack:card/${id}`)
    }
    const { channels } = await workspace.ask('bot', 'conversations.list', { types: 'public_channel,private_channel', limit: 1000 })
    const rooms = (channels as { name: string }[]).filter(({ name }) => name.startsWith('andon-'))
    expect(rooms.length).toBeLessThanOrEqual(andons.length)
    expect(new Set(andons).size).toBe(3)
  },
)

interface There {
  text: string
  metadata?: { event_payload: { key: string } }
}

/** All of a room, or of the thread that is one; oldest first. */
async function messagesOf(workspace: Workspace, ref: string): Promise<There[]> {
  const [channel, ts] = ref.split('/')
  if (ts) return (await workspace.ask('bot', 'conversations.replies', { channel, ts, limit: 1000 })).messages as There[]
  return ((await workspace.ask('bot', 'conversations.history', { channel, limit: 1000 })).messages as There[]).toReversed()
}
