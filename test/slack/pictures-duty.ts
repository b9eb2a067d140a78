import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Report } from '../../guardians/report.ts'
import { command } from '../aws/world/command.ts'
import { openWorld } from '../aws/world/world.ts'
import { openDutyBot } from '../duty-bot.ts'
import { pageOf } from './picture.ts'
import { openBrowser, picture } from './take.ts'
import type { Message } from './types.ts'
import { openWorkspace } from './workspace.ts'

/**
 * The pictures of docs/duty.md: a scan of the company of test/aws/world by the real command, reviewed by the real app in the
 * workspace of the tests. On a Monday in Tokyo, whenever it is made; `PICTURES_LOCALE=ja` for those who read Japanese.
 */
const folder = resolve(process.argv[2] === 'duty' ? join(import.meta.dirname, '../../docs') : (process.argv[2] as string))
const locale = process.env.PICTURES_LOCALE === 'ja' ? 'ja' : 'en'
const morning = Date.parse('2026-11-23T09:30:00+09:00')
const names = ['aki', 'ben', 'chika', 'dan', 'emi']

const browser = await openBrowser()
const world = await openWorld()
const slack = await openWorkspace({ mode: 'http', channels: [{ name: 'ops' }], people: names.map((name) => ({ name })) })
const bot = await openDutyBot(slack, {
  people: names.map((name) => ({ name, locale })),
  at: morning - 3_600_000,
  ...{ guardians: { fallback: 'emi' }, locale },
})
const called = new Map([
  ...names.map((name) => [slack.idOf(name), `${name[0]?.toUpperCase()}${name.slice(1)}`] as const),
  [slack.app.botUserId, 'Jidoka'],
])

try {
  const page = join(world.folder, 'report.html')
  const run = (...args: string[]) =>
    command(['guardians', 'run', '--config', world.config, ...args], { ...world.environment, HOME: world.folder }, world.folder)
  await run('--html', page, '--locale', locale)
  await picture(browser, join(folder, 'guardians-report.png'), readFileSync(page, 'utf8'), { width: 1_100, height: 900, scale: 1 })

  // Few enough for one picture, and always the same.
  const scanned = await run('--json', '--check', 'exposure-s3-public', 'queues-dlq-nonempty', 'ebs-unattached')
  const report = JSON.parse(scanned.out) as Report
  const [startedAt, endedAt] = [bot.clock.now(), bot.clock.now() + report.endedAt - report.startedAt]
  await bot.findings.ingest({ ...report, startedAt, endedAt })
  bot.goTo(morning + 1_000)
  await bot.tick()
  const [review] = await bot.reviews.list(1)
  if (!review) throw new Error('there is no review')
  const owner = names.find((name) => !review.people.includes(name)) as string
  await slack.as(review.people[0] as string).clickButton(await bot.message(`slack:review/${review.id}/1`), 'duty:ask')
  await slack.until(() => slack.views(review.people[0] as string).length > 0)
  await slack.as(review.people[0] as string).submitView({ to: slack.idOf(owner), words: 'Is it yours? It was seen this morning.' })
  await bot.says(`slack:review/${review.id}`, locale === 'ja' ? '3 件中 1 件決定' : '1 of 3 decided')
  await bot.idle()

  const head = await bot.message(`slack:review/${review.id}`)
  const { messages } = await slack.ask('bot', 'conversations.replies', { channel: head.channel, ts: head.ts })
  await take('duty-review.png', 'ops', [{ ...head, replies: (messages as Message[]).slice(1) }])
  const [asked] = await bot.findings.list({ status: 'asked' }, { limit: 1 })
  await take('duty-ask.png', locale === 'ja' ? 'Jidoka(ダイレクトメッセージ)' : 'Jidoka (direct message)', [
    await bot.message(`slack:ask/${asked?.ask?.id}`),
  ])
  await slack.as(owner).openHome()
  const home = await slack.until(() => slack.home(owner))
  if (process.argv.includes('all')) await take('duty-home.png', 'Jidoka (App Home)', [{ ...head, blocks: home.blocks, replies: [] }])
} finally {
  await Promise.all([browser.close(), bot.close(), world.close()])
  await slack.close()
}

/** Times as they would have been on that morning. */
function take(file: string, title: string, messages: readonly Message[]): Promise<void> {
  const at = (message: Message): Message => ({
    ...message,
    ts: String(morning / 1_000),
    ...(message.replies ? { replies: message.replies.map(at) } : {}),
  })
  return picture(browser, join(folder, file), pageOf({ title, messages: messages.map(at), names: called, zone: 'Asia/Tokyo' }), {
    scale: 1.1,
  })
}
