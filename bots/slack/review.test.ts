import { afterEach, describe, expect, test } from 'vitest'
import { type DutyBot, openDutyBot } from '../../test/duty-bot.ts'
import { parts } from '../../test/duty-house.ts'
import { openWorkspace, type Workspace } from '../../test/slack/workspace.ts'
import { messageProblems } from './blocks/limits.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const monday = Date.parse('2026-11-23T09:30:00+09:00')
const hour = 3_600_000
const people = [{ name: 'aki' }, { name: 'ben' }, { name: 'chika', locale: 'ja' as const }, { name: 'dan' }]

interface Here {
  workspace: Workspace
  bot: DutyBot
}
async function begin(more: { duty?: object; guardians?: object } = {}): Promise<Here> {
  const workspace = await openWorkspace({
    mode: 'http',
    channels: [{ name: 'ops' }],
    people: people.map(({ name, locale }) => ({ name, locale: locale === 'ja' ? 'ja-JP' : 'en-US' })),
  })
  open.push(workspace.close)
  const bot = await openDutyBot(workspace, {
    people,
    at: monday,
    guardians: { fallback: 'dan', ...more.guardians },
    duty: { size: 2, ...more.duty },
  })
  open.push(bot.close)
  return { workspace, bot }
}

/** Volumes attached to nothing, owned by Chika; the review of today opens with them. */
async function reviewOf({ bot }: Here, ...volumes: string[]) {
  await bot.findings.ingest(scanAt(bot, 'run_1', volumes))
  await bot.tick()
  const [review] = await bot.reviews.list(1)
  const id = review?.id as string
  return {
    id,
    item: (n: number) => bot.message(`slack:review/${id}/${n}`),
    finding: (n: number) => review?.items[n - 1]?.finding.id as string,
  }
}
const scanAt = (bot: DutyBot, run: string, volumes: readonly string[]) =>
  parts.reportOf(
    run,
    bot.clock.now(),
    volumes.map((name) => parts.reported(name, { name, owner: 'chika' })),
  )
const buttons = (message: { blocks?: { elements?: { action_id?: string }[] }[] }) =>
  (message.blocks ?? []).flatMap(({ elements = [] }) => elements.flatMap(({ action_id }) => (action_id ? [action_id] : [])))

describe('a review in Slack', () => {
  test('opens as a thread in the channel of the duty: a head, and one message per item with its buttons', async () => {
    const here = await begin()
    const { id, item } = await reviewOf(here, 'one', 'two')
    const head = await here.bot.message(`slack:review/${id}`)
    expect(head.channel).toBe(here.bot.channel)
    expect(JSON.stringify(head.blocks)).toMatch(/Review of Mon 23 Nov.*On duty: <@U.*2 items to decide/)
    const [first, second] = [await item(1), await item(2)]
    expect([first.thread_ts, second.thread_ts]).toEqual([head.ts, head.ts])
    expect(buttons(first)).toEqual(['duty:ask', 'duty:mute', 'duty:wrong', 'duty:later'])
    expect(buttons(head)).toEqual(['duty:end'])
    await here.bot.idle()
    for (const one of [head, first, second]) expect(messageProblems(one as never)).toEqual([])
  })

  test('an ask is prefilled with the owner, edits its item in place, and goes to the owner in their language', async () => {
    const here = await begin()
    const { id, item, finding } = await reviewOf(here, 'one', 'two')
    await here.workspace.as('ben').clickButton(await item(1), 'duty:ask')
    const [modal] = await here.workspace.until(() => (here.workspace.views('ben').length > 0 ? here.workspace.views('ben') : null))
    expect(JSON.stringify(modal?.blocks)).toContain(here.workspace.idOf('chika'))
    await here.workspace.as('ben').submitView({ words: 'may it go?' })
    const decided = await here.bot.says(`slack:review/${id}/1`, /asks <@U\w+>.*may it go\?/)
    expect(buttons(decided)).toEqual([])
    await here.bot.says(`slack:review/${id}`, '1 of 2 decided')
    const { ask: asked, name: mended } = (await here.bot.findings.get(finding(1))) ?? {}
    const card = await here.bot.message(`slack:ask/${asked?.id}`)
    expect(await here.workspace.dm('chika')).toHaveLength(1)
    expect(JSON.stringify(card.blocks)).toMatch(/確認をお願いします.*may it go\?.*期限/)
    expect(messageProblems(card as never)).toEqual([])
    // Answered by a button, then fixed, then seen by a scan that covered it.
    await here.workspace.as('chika').clickButton(card, 'duty:done')
    const answered = await here.bot.says(`slack:ask/${asked?.id}`, '次のスキャンで確認します')
    expect(buttons(answered)).toEqual(['duty:will-do', 'duty:not-mine', 'duty:disagree'])
    // An hour passes for what is under way, too: a call of Slack would be given up.
    await here.bot.idle()
    here.bot.clock.jump(hour)
    // Which of the two is the first item is chance: they are alike.
    const left = ['one', 'two'].filter((name) => name !== mended)
    await here.bot.findings.ingest(scanAt(here.bot, 'run_2', left))
    const closed = await here.bot.says(`slack:ask/${asked?.id}`, 'スキャンで解消を確認しました')
    expect(buttons(closed)).toEqual([])
    await here.bot.idle()
    expect(await here.bot.replies(closed)).toEqual([expect.stringContaining('ありがとうございます!')])
  })

  test('mute and wrong ask for a reason; what is refused stays in the modal; later needs nothing; the last one ends it', async () => {
    const here = await begin()
    const { id, item, finding } = await reviewOf(here, 'one', 'two', 'three')
    await here.workspace.as('ben').clickButton(await item(1), 'duty:mute')
    await here.workspace.until(() => here.workspace.views('ben').length > 0)
    const { ack } = await here.workspace.as('ben').submitView({ reason: 'known', until: '2026-11-01' })
    expect(ack).toMatchObject({ response_action: 'errors', errors: { reason: expect.stringContaining('this time has passed') } })
    await here.workspace.as('ben').submitView({ reason: 'known', until: '2026-12-24' })
    expect(await here.bot.findings.get(finding(1))).toMatchObject({ status: 'muted', mute: { reason: 'known', by: 'ben' } })
    await here.workspace.as('dan').clickButton(await item(2), 'duty:wrong')
    await here.workspace.until(() => here.workspace.views('dan').length > 0)
    await here.workspace.as('dan').submitView({ reason: 'in use by <!channel>' })
    await here.bot.says(`slack:review/${id}/2`, 'in use by &lt;!channel&gt;')
    await here.workspace.as('aki').clickButton(await item(3), 'duty:later')
    const head = await here.bot.says(`slack:review/${id}`, 'Ended after')
    expect(buttons(head)).toEqual([])
    await here.bot.idle()
    const replies = await here.bot.replies(head)
    expect(replies.at(-1)).toContain('The review has ended')
    expect(replies).toHaveLength(4)
  })

  test('who comes second is told so alone; ended by button, the rest loses its buttons and is carried over', async () => {
    const here = await begin()
    const { id, item } = await reviewOf(here, 'one', 'two')
    const first = await item(1)
    await here.workspace.as('ben').clickButton(first, 'duty:later')
    await here.bot.says(`slack:review/${id}/1`, '✅')
    await here.workspace.as('dan').clickButton(first, 'duty:later')
    await here.workspace.until(() => here.workspace.ephemerals('dan').some(({ text }) => text.includes('decided already')))
    await here.workspace.as('dan').clickButton(await here.bot.message(`slack:review/${id}`), 'duty:end')
    expect(buttons(await here.bot.says(`slack:review/${id}/2`, 'left for the next review'))).toEqual([])
    here.bot.goTo(monday + 24 * hour)
    await here.bot.tick()
    expect((await here.bot.reviews.list(1))[0]?.items.map(({ why }) => why)).toEqual(['carried', 'carried'])
  })

  test('its clock says when five minutes are left, and ends it', async () => {
    const here = await begin()
    const { id } = await reviewOf(here, 'one')
    const head = await here.bot.message(`slack:review/${id}`)
    here.bot.goTo(monday + 26 * 60_000)
    await here.bot.tick()
    here.bot.goTo(monday + 31 * 60_000)
    await here.bot.tick()
    await here.bot.says(`slack:review/${id}`, 'Ended after')
    await here.bot.idle()
    const said = await here.bot.replies(head)
    expect(said.at(-2)).toMatch(/min.* left, 1 item undecided/)
    expect(said.at(-1)).toContain('1 left for the next one')
  })

  test('while Slack is away it goes on all the same, and is told once when it is back', async () => {
    const here = await begin()
    here.workspace.down = true
    const { id } = await reviewOf(here, 'one', 'two')
    await here.bot.reviews.decide(id, 1, { decision: 'later' }, { id: 'ben', name: 'Ben', via: 'api', locale: 'en', rank: 'anyone' })
    here.workspace.down = false
    await here.bot.says(`slack:review/${id}/1`, '✅')
    await here.bot.message(`slack:review/${id}/2`)
    await here.bot.idle()
    expect(await here.bot.replies(await here.bot.message(`slack:review/${id}`))).toHaveLength(2)
  })
})

describe('an ask', () => {
  const ask = async (here: Here, to: string) => {
    const { id, finding } = await reviewOf(here, 'one')
    const actor = { id: 'ben', name: 'Ben', via: 'api' as const, locale: 'en' as const, rank: 'anyone' as const }
    await here.bot.reviews.decide(id, 1, { decision: 'ask', to }, actor)
    const asked = (await here.bot.findings.get(finding(1)))?.ask?.id as string
    return { key: `slack:ask/${asked}`, finding: finding(1), card: await here.bot.message(`slack:ask/${asked}`) }
  }

  test('that is said to be done and is still there is asked about kindly, once', async () => {
    const here = await begin()
    const { key, card } = await ask(here, 'aki')
    await here.workspace.as('aki').clickButton(card, 'duty:done')
    await here.bot.says(key, 'The next scan looks at it')
    await here.bot.idle()
    here.bot.clock.jump(hour)
    await here.bot.findings.ingest(scanAt(here.bot, 'run_2', ['one']))
    await here.bot.idle()
    const found = await here.workspace.message(card.channel, card.ts)
    expect(await here.bot.replies(card)).toEqual([expect.stringMatching(/still sees one.*could you look once more/)])
    expect(buttons(found as never)).toContain('duty:done')
  })

  test('that is not theirs goes back to the next review, with their words; reminders are said below it until then', async () => {
    const here = await begin({ guardians: { remindEveryMs: 24 * hour } })
    const { key, card, finding } = await ask(here, 'aki')
    here.bot.goTo(monday + 25 * hour)
    await here.bot.tick()
    await here.bot.idle()
    expect((await here.bot.replies(card))[0]).toContain('A reminder: one')
    await here.workspace.as('aki').clickButton(card, 'duty:not-mine')
    await here.workspace.until(() => here.workspace.views('aki').length > 0)
    await here.workspace.as('aki').submitView({ answerWords: 'ask Dan' })
    await here.bot.says(key, 'ask Dan')
    expect((await here.bot.findings.get(finding))?.ask?.answer).toMatchObject({ kind: 'not-mine', by: 'aki', words: 'ask Dan' })
    here.bot.goTo(monday + 48 * hour)
    await here.bot.tick()
    expect((await here.bot.reviews.list(1))[0]?.items).toMatchObject([{ why: 'returned' }])
  })

  test('a forged or old button changes nothing', async () => {
    const here = await begin()
    const { card, finding } = await ask(here, 'aki')
    await here.bot.findings.decide(finding, { kind: 'ask', to: 'dan' }, 'ben')
    await here.workspace.as('aki').clickButton(card, 'duty:will-do')
    await here.workspace.until(async () => (await here.workspace.dm('aki')).length > 1 || here.workspace.ephemerals('aki').length > 0)
    expect((await here.bot.findings.get(finding))?.ask).toMatchObject({ to: 'dan', answer: null })
  })
})

describe('duty in Slack', () => {
  test('the draw is told in the channel and to whoever is drawn; a swap is asked and taken by buttons', async () => {
    const here = await begin()
    await here.bot.tick()
    const { today } = await here.bot.duty.now()
    const [from = ''] = today
    const other = people.find(({ name }) => !today.includes(name))?.name as string
    await here.bot.idle()
    const dms = await here.workspace.dm(from)
    expect(buttons(dms.at(-1) as never)).toEqual(['duty:swap', 'duty:absent'])
    await here.workspace.as(from).clickButton(dms.at(-1) as never, 'duty:swap')
    await here.workspace.until(() => here.workspace.views(from).length > 0)
    await here.workspace.as(from).submitView({ toSwap: here.workspace.idOf(other), from: '2026-11-24' })
    const swap = await here.workspace.until(async () => (await here.bot.duty.now()).week?.swaps[0])
    await here.workspace.as(other).clickButton(await here.bot.message(`slack:swap/${swap.id}`), 'duty:accept')
    await here.workspace.until(async () => (await here.bot.duty.now()).week?.swaps[0]?.status === 'swapped')
    const done = await here.workspace.until(async () => {
      const card = await here.bot.message(`slack:swap/${swap.id}`)
      return buttons(card).length === 0 ? card : null
    })
    expect(done.text).not.toBe('')
    await here.bot.idle()
  })

  test('the Home shows what one is asked about and who is on duty; done can be said there', async () => {
    const here = await begin()
    const { id, finding } = await reviewOf(here, 'one')
    await here.bot.reviews.decide(id, 1, { decision: 'ask' }, { id: 'ben', name: 'Ben', via: 'api', locale: 'en', rank: 'anyone' })
    await here.workspace.as('chika').openHome()
    const home = await here.workspace.until(() => here.workspace.home('chika'))
    const all = JSON.stringify(home.blocks)
    expect(all).toMatch(/どこにもアタッチされていないボリューム/)
    expect(all).toMatch(/今週: <@U/)
    expect(all).toContain('duty:done')
    expect((await here.bot.findings.get(finding(1)))?.ask?.to).toBe('chika')
  })
})
