import { afterEach, expect, test } from 'vitest'
import type { Journal } from '../../core/journal/journal.ts'
import type { Run } from '../../core/runs/run.ts'
import { orderOf, step } from '../../test/journals.ts'
import type { Message } from '../../test/slack/types.ts'
import { openWorkspace } from '../../test/slack/workspace.ts'
import { openBot } from '../../test/slack-bot.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A run that waits, and the message of it in the channel. */
async function begin() {
  const workspace = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }] })
  open.push(workspace.close)
  let journal: Journal | undefined
  const answer = async (id: string, word: Parameters<Journal['answer']>[1]) => (await (journal as Journal).answer(id, word)).run
  const approvals = {
    approve: (id: string, by: string) => answer(id, () => ({ do: 'approve', by, takesGeneration: false })),
    decline: (id: string, by: string, reason: string) =>
      answer(id, () => ({ do: 'end', answer: 'declined', by, reason: `declined by ${by}: ${reason}` })),
  }
  const bot = await openBot(workspace, { mode: 'http', delivery: true, over: { approvals } })
  open.push(bot.close)
  journal = bot.journal
  const run = (await journal.order('polaris', () => ({
    ...orderOf('', { incident: null, reason: 'polaris-1: signal *KILL*', mode: 'approval', waitsMs: 60_000 }),
    plan: [step('fence polaris-1'), step('promote polaris-2')],
  }))) as Run
  const message = async () =>
    ((await workspace.channel('ops'))?.messages as Message[] | undefined)?.find(({ text }) => text.includes('Approval needed'))
  const shown = async () => JSON.stringify((await message())?.blocks ?? '')
  await workspace.until(message)
  const press = async (who: string, word: 'approve' | 'decline') =>
    workspace.as(who).clickButton((await message()) as Message, `approval:${word}`)
  return { workspace, journal, run, shown, press, messages: async () => (await workspace.channel('ops'))?.messages.length }
}

test('a run that waits is shown with why, its whole plan and two buttons; an approval begins it, and is shown in its place', async () => {
  const { workspace, journal, run, shown, press, messages } = await begin()
  const card = await shown()
  for (const words of ['Packet transfer', 'polaris-1: signal', '1. fence polaris-1', '2. promote polaris-2', 'Until', 'Approve', 'Decline'])
    expect(card).toContain(words)
  await press('ben', 'approve')
  await workspace.until(async () => (await shown()).includes('Approved by'))
  expect(await shown()).not.toContain('approval:approve')
  expect(await journal.run(run.id)).toMatchObject({ status: 'queued', approvedBy: 'ben' })
  expect(await messages()).toBe(1)
})

test('it is for approvers: anybody else is told so, and nothing changes', async () => {
  const { workspace, journal, run, press } = await begin()
  await press('chika', 'approve')
  await workspace.until(() => workspace.ephemerals('chika').length > 0)
  expect(await journal.run(run.id)).toMatchObject({ status: 'waiting' })
})

test.each([
  ['a refusal', (_journal: Journal, _id: string, press: () => unknown) => press(), 'Declined'],
  [
    'the end of its time',
    (journal: Journal, id: string) => journal.answer(id, () => ({ do: 'end', answer: 'timed-out', reason: 'nobody approved it' })),
    'Nobody approved it in time',
  ],
])('%s takes the buttons away, and says what happened', async (_, act, words) => {
  const { workspace, journal, run, shown, press } = await begin()
  await act(journal, run.id, () => press('ben', 'decline'))
  await workspace.until(async () => (await shown()).includes(words))
  expect(await shown()).not.toContain('approval:decline')
  expect(await journal.run(run.id)).toMatchObject({ status: 'cancelled' })
})
