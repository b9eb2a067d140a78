import { afterEach, expect, test } from 'vitest'
import { idMint } from '../../core/ids.ts'
import type { Journal } from '../../core/journal/journal.ts'
import { openJournal } from '../../core/journal/open.ts'
import { silentLog } from '../../core/log.ts'
import { seededRandom } from '../../core/random.ts'
import { openWorkspace } from '../../test/slack/workspace.ts'
import { openHouse } from '../../test/slack-house.ts'
import { virtualClock } from '../../test/virtual-clock.ts'
import { followGroups, type GroupWish } from './groups.ts'
import { outboxMessage } from './message.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const hour = 3_600_000

/** Two people who hand over every eight hours. */
async function begin(members: (turn: number) => string[] = (turn) => [turn % 2 ? 'U2' : 'U1']) {
  const clock = virtualClock(Date.UTC(2026, 0, 1), { drain: 'immediates' })
  const journal: Journal = await openJournal({ url: 'sqlite::memory:', clock, mint: idMint(clock, seededRandom(1)) })
  open.push(() => journal.close())
  const from = clock.now()
  const turnOf = (now: number) => Math.floor((now - from) / (8 * hour))
  const wanted = (now: number): GroupWish[] => [{ group: 'S1', members: members(turnOf(now)), problems: [] }]
  let changed = () => {}
  const following = followGroups({
    ...{ journal, clock, log: silentLog, wanted, posted() {} },
    nextChange: (now) => from + (turnOf(now) + 1) * 8 * hour,
    onChange(fn) {
      changed = fn
      return () => {}
    },
  })
  open.push(() => following.stop())
  const waiting = async () => (await journal.lane('slack', 'group/S1', 10)).map(({ payload }) => payload.users)
  return { clock, journal, waiting, change: () => changed() }
}

test('a group is set when we start, and at each hand-over; only the newest wish counts', async () => {
  const { clock, waiting } = await begin()
  await clock.advance(0)
  expect(await waiting()).toEqual([['U1']])
  await clock.advance(8 * hour)
  expect(await waiting()).toEqual([['U2']])
})

test('an override shows at once', async () => {
  let person = 'U1'
  const { clock, waiting, change } = await begin(() => [person])
  await clock.advance(0)
  person = 'U9'
  change()
  await clock.advance(1)
  expect(await waiting()).toEqual([['U9']])
})

test('nobody on call: nothing is ordered', async () => {
  const { clock, waiting } = await begin(() => [])
  await clock.advance(20 * hour)
  expect(await waiting()).toEqual([])
})

test('Slack is told only what differs', async () => {
  const workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }], groups: { oncall: ['aki'] } })
  open.push(workspace.close)
  const house = await openHouse(workspace, ['aki', 'ben'])
  open.push(house.close)
  house.start()
  const [id] = [...workspace.groups.keys()]
  const order = (word: string, users: string[]) =>
    house.journal.post(
      outboxMessage({ lane: `group/${id}`, dedupe: word, message: { op: 'group', andon: '', group: id as string, users } }),
    )
  await order('1', [workspace.idOf('aki')])
  await order('2', [workspace.idOf('ben'), workspace.idOf('aki')])
  await order('3', [])
  await workspace.until(async () => (await house.journal.lanes('slack', 1)).length === 0)
  expect(workspace.count('usergroups.users.update')).toBe(1)
  expect(workspace.groups.get(id as string)?.users).toEqual([workspace.idOf('ben'), workspace.idOf('aki')])
})
