import { afterEach, describe, expect, test } from 'vitest'
import { openWorkspace, type WorkspaceOptions } from '../../test/slack/workspace.ts'
import { openHouse } from '../../test/slack-house.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function begin(options: WorkspaceOptions & { leaders?: string[]; andon?: object } = {}) {
  const { leaders, andon, ...rest } = options
  const workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }], ...rest })
  open.push(workspace.close)
  const names = (rest.people ?? ['aki', 'ben', 'chika']).map((person) => (typeof person === 'string' ? person : person.name))
  const house = await openHouse(workspace, names, { leaders: leaders ?? [], andon })
  open.push(house.close)
  const roomOf = async (id: string) =>
    workspace.channel(((await house.journal.reference(`slack:room/${id}`)) ?? '').split('/')[0] as string)
  return { workspace, house, roomOf }
}

describe('a pull', () => {
  test('has its room, its people and its card after three calls', async () => {
    const { workspace, house, roomOf } = await begin({ leaders: ['ben'] })
    house.start()
    const andon = await house.pull('polaris drops sessions')
    await house.idle()
    const made = workspace.calls.filter(({ method }) => method !== 'auth.test')
    const usable = made.findIndex(({ method, args }) => method === 'chat.postMessage' && args.channel !== house.config.slack?.channel)
    expect(usable + 1).toBeLessThanOrEqual(6)
    expect(made.map(({ answered }) => answered).every((answer) => answer === 'ok')).toBe(true)
    const room = await roomOf(andon.id)
    expect(room?.name).toMatch(/^andon-\d{4}-polaris-[a-z0-9]{5}$/)
    expect(room?.members.toSorted()).toEqual(['aki', 'ben', 'jidoka'])
  })
})
