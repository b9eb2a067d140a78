import { describe, expect, test } from 'vitest'
import { indexCatalog } from '../../core/catalog/catalog.ts'
import { configSchema } from '../../core/catalog/schema.ts'
import { minutes } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import type { SlackUser } from './calls.ts'
import { refusalFor } from './handlers/act.ts'
import { openWho } from './who.ts'

const catalog = indexCatalog(
  configSchema.parse({
    components: [{ id: 'polaris', owner: 'core', members: [{ id: 'polaris-1' }] }],
    people: [{ id: 'ben', name: 'Ben', slack: 'U0BEN', teams: ['core'], locale: 'ja' }],
    teams: [{ id: 'core' }],
    andon: { approvers: ['team:core'] },
  }),
)

/** Slack's directory, for what no emulator tells: people of other workspaces, guests, bots. */
function directory(users: Record<string, Partial<SlackUser>>) {
  const clock = virtualClock()
  const asked: string[] = []
  let away = false
  const call = async (_method: string, { user }: Record<string, unknown>) => {
    asked.push(String(user))
    if (away) return { ok: false, trouble: { kind: 'away', done: 'no', problem: 'ECONNREFUSED' } }
    return { ok: true, result: { user: { id: user, name: String(user).toLowerCase(), team_id: 'T1', ...users[String(user)] } } }
  }
  const who = openWho({ catalog, web: { call: call as never }, clock })
  return { clock, asked, who, leave: () => (away = true) }
}

describe('who somebody of Slack is', () => {
  test('the configuration knows them by their id, and Slack is not asked', async () => {
    const { who, asked } = directory({})
    const { actor, kind } = await who.of({ id: 'U0BEN', name: 'whatever' })
    expect({ actor, kind, asked }).toEqual({
      actor: { id: 'ben', name: 'Ben', via: 'slack', locale: 'ja', rank: 'approver' },
      kind: 'configured',
      asked: [],
    })
  })

  test('a name alone makes nobody anybody', async () => {
    const { who } = directory({ U0X: { profile: { display_name: 'Ben' }, locale: 'ja-JP' } })
    expect((await who.of({ id: 'U0X', name: 'ben' })).actor).toEqual({
      id: 'slack:U0X',
      name: 'Ben',
      via: 'slack',
      locale: 'ja',
      rank: 'anyone',
    })
  })

  test.each([
    ['external', { is_stranger: true }],
    ['external', { team_id: 'T2' }],
    ['bot', { is_bot: true }],
    ['guest', { is_restricted: true }],
    ['member', {}],
  ])('%s: %o', async (kind, user) => {
    const { who } = directory({ U0X: user })
    const known = await who.of({ id: 'U0X', team: 'T1' })
    expect(known).toMatchObject({ kind, actor: { rank: 'anyone' } })
    const { text } = refusalFor(fault('forbidden', { role: 'anyone', needs: 'approver' }), known)
    expect(text.includes('Guests may pull and join')).toBe(kind === 'external' || kind === 'bot')
  })

  test('is asked once an hour, also by many at once, and kept while Slack is away', async () => {
    const { who, asked, clock, leave } = directory({ U0X: { real_name: 'Xenia' } })
    await Promise.all(Array.from({ length: 20 }, () => who.of({ id: 'U0X' })))
    expect(asked).toHaveLength(1)
    leave()
    await clock.advance(minutes(61))
    expect((await who.of({ id: 'U0X' })).actor.name).toBe('Xenia')
    expect(asked).toHaveLength(2)
    expect(who.nameOf('U0X')).toBe('Xenia')
    expect(who.nameOf('U0NOBODY')).toBe('U0NOBODY')
  })

  test('names are cleaned like all that people write', async () => {
    const { who } = directory({ U0X: { profile: { display_name: '\u202eevil\nsecret=hunter2hunter2' } } })
    expect((await who.of({ id: 'U0X' })).actor.name).not.toMatch(/[\u202e]|hunter2/)
  })
})
