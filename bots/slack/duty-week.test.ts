import { afterEach, expect, test } from 'vitest'
import { openDutyBot } from '../../test/duty-bot.ts'
import { scanOfVolumes } from '../../test/duty-scan.ts'
import type { Message } from '../../test/slack/types.ts'
import { openWorkspace } from '../../test/slack/workspace.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const monday = Date.parse('2026-11-23T09:30:00+09:00')
const day = 86_400_000
const names = ['aki', 'ben', 'chika', 'dan', 'emi']

test('a whole week: drawn, five reviews, an ask, a denied permission that closes nothing, a fix that a scan sees, the digest', async () => {
  const workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }], people: names.map((name) => ({ name })) })
  open.push(workspace.close)
  const people = names.map((name) => ({ name }))
  const bot = await openDutyBot(workspace, { people, at: monday - 4 * 3_600_000, guardians: { fallback: 'emi' }, duty: { size: 2 } })
  open.push(bot.close)
  const scan = async (n: number, volumes: string[] | null) => bot.findings.ingest(await scanOfVolumes(`run_${n}`, bot.clock.now(), volumes))
  const reviewOn = async (n: number) => {
    bot.goTo(monday + n * day + 1_000)
    await bot.tick()
    const [review] = await bot.reviews.list(1)
    expect(review?.day).toBe(`2026-11-${23 + n}`)
    const items = review?.items ?? []
    return {
      id: review?.id as string,
      whys: items.map(({ why, finding }) => `${why} ${finding.name}`).toSorted(),
      n: (name: string) => items.find(({ finding }) => finding.name === name)?.n,
    }
  }
  const press = async (who: string, key: string, button: string) => workspace.as(who).clickButton(await bot.message(key), button)

  await scan(1, ['one', 'two'])
  const first = await reviewOn(0)
  expect(first.whys).toEqual(['new one', 'new two'])
  await press('ben', `slack:review/${first.id}/${first.n('one')}`, 'duty:ask')
  await workspace.until(() => workspace.views('ben').length > 0)
  await workspace.as('ben').submitView({})
  await press('ben', `slack:review/${first.id}/${first.n('two')}`, 'duty:later')
  await bot.says(`slack:review/${first.id}`, 'Ended after')

  // The next scan may not look there: both stay open, and the head says what was not looked at.
  bot.goTo(monday + day - 3_600_000)
  expect(await scan(2, null)).toMatchObject({ fixed: [], uncovered: 1 })
  const second = await reviewOn(1)
  expect(second.whys).toEqual(['carried two'])
  await bot.says(`slack:review/${second.id}`, 'no ec2:DescribeVolumes')
  await press('dan', `slack:review/${second.id}/1`, 'duty:later')

  // The owner did it, and the scan that covers it sees that.
  const asked = (await bot.findings.list({ status: 'asked' }, { limit: 1 }))[0]?.ask?.id
  await press('chika', `slack:ask/${asked}`, 'duty:done')
  await workspace.until(async () => (await bot.findings.list({ status: 'asked' }, { limit: 1 }))[0]?.ask?.answer?.kind === 'done')
  bot.goTo(monday + 2 * day - 3_600_000)
  await scan(3, ['two'])
  await bot.says(`slack:ask/${asked}`, 'Seen fixed by the scan of')
  expect((await reviewOn(2)).whys).toEqual(['carried two'])
  expect((await reviewOn(3)).whys).toEqual(['carried two'])
  const last = await reviewOn(4)
  await press('ben', `slack:review/${last.id}`, 'duty:end')
  await bot.says(`slack:review/${last.id}`, 'Ended after')
  await bot.tick()
  await bot.idle()

  const messages = (await workspace.channel('ops'))?.messages as Message[]
  const texts = messages.map(({ text }) => text)
  expect(texts.filter((text) => text.startsWith('🛡️ Review of'))).toHaveLength(5)
  expect(texts.filter((text) => text.startsWith('On duty in 2026-W4'))).toHaveLength(2)
  const digest = JSON.stringify(messages.at(-1)?.blocks)
  expect(digest).toMatch(/5 reviews, \d+ minutes: 1 asked, 0 muted, 0 wrong, 0 fixed by runbook, 2 later, 3 left over/)
  expect(digest).toMatch(/1 fixed, 1 open.*Saved by what was fixed: \$8\.00 a month.*Next week \(2026-W49\): <@U\w+>, <@U\w+>/)
  // Nobody two weeks running, as long as there are others.
  const [next, week] = await bot.duty.weeks(2)
  expect(next?.draw.people.filter((person) => week?.draw.people.includes(person))).toEqual([])
})
