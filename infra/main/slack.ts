import { andonCommands } from '../../bots/andon/commands/registry.ts'
import type { AnyAndonCommand } from '../../bots/andon/define.ts'
import type { Orders } from '../../bots/andon/orders.ts'
import type { AndonDesk } from '../../bots/andon/ports.ts'
import { groupMembers } from '../../bots/pager/groups.ts'
import type { Rota } from '../../bots/pager/rota.ts'
import { openSlackApp } from '../../bots/slack/app.ts'
import type { SlackDelivery } from '../../bots/slack/deliver.ts'
import type { SlackDuty } from '../../bots/slack/duty.ts'
import { openFiles } from '../../bots/slack/files.ts'
import { followGroups } from '../../bots/slack/groups.ts'
import { slackHandlers } from '../../bots/slack/handlers/registry.ts'
import { slackOps } from '../../bots/slack/ops/registry.ts'
import { slackRoutes } from '../../bots/slack/routes.ts'
import { startSlackDelivery } from '../../bots/slack/start.ts'
import { openWeb } from '../../bots/slack/web.ts'
import { openWho } from '../../bots/slack/who.ts'
import type { Feature } from '../../core/api/app.ts'
import type { Commands } from '../../core/api/ports.ts'
import type { Catalog } from '../../core/catalog/catalog.ts'
import type { SlackConfig } from '../../core/catalog/schema-andon.ts'
import type { Clock } from '../../core/clock.ts'
import { fault } from '../../core/errors.ts'
import type { Journal } from '../../core/journal/journal.ts'
import type { Log } from '../../core/log.ts'

export interface SlackParts {
  settings: SlackConfig
  catalog: Catalog
  journal: Journal
  clock: Clock
  log: Log
  /** The data folder, for files of pinned messages. */
  data: string
  desk: AndonDesk
  orders: Orders
  rota: Rota
  /** Absent where nobody is drawn for duty. */
  duties?: SlackDuty | undefined
  /** Answers runs that wait. */
  commands: Pick<Commands, 'approve' | 'decline'>
  /** Ids, for approve and retry. */
  runbooks: readonly string[]
  environment(name: string): string | undefined
}

const people = (andonCommands as readonly AnyAndonCommand[]).filter(({ needs }) => needs !== 'nobody')

/**
 * Slack, put together. Throws `usage` when a token is missing: whoever configured a chat wants one, and would find out at the worst
 * time. That Slack itself is away stops nothing.
 */
export function openSlack({
  settings,
  catalog,
  journal,
  clock,
  log,
  data,
  desk,
  orders,
  rota,
  duties,
  commands,
  runbooks,
  environment,
}: SlackParts) {
  const secret = (name: string, what: string): string => {
    const found = environment(name)
    if (!found)
      throw fault('usage', {
        problem: `${name} is not set: ${what}.`,
        hint: 'Set it, or take the block "slack" out of the configuration. See docs/slack.md.',
      })
    return found
  }
  const botToken = secret(settings.botTokenEnv, 'the bot token of the Slack app (xoxb-)')
  const web = openWeb({ token: botToken, apiUrl: settings.apiUrl, clock, log })
  const files = openFiles({ web, folder: data, log })
  const app = openSlackApp({
    ...{ settings, catalog, journal, clock, log, desk, orders, runbooks, web, duties, approvals: commands },
    handlers: slackHandlers,
    commands: new Map(people.map((command) => [command.name, command])),
    who: openWho({ catalog, web, clock }),
    keepFiles: files.keep,
    duty: async () => dutyNow(rota, clock.now()),
    botToken,
    appToken: settings.mode === 'socket' ? secret(settings.appTokenEnv, 'the app-level token of the Slack app (xapp-)') : undefined,
    signingSecret: settings.mode === 'http' ? secret(settings.signingSecretEnv, 'the signing secret of the Slack app') : undefined,
  })
  const features: Feature[] = app.receiver ? [slackRoutes(app.receiver)] : []
  let delivery: SlackDelivery | null = null
  let groups: { stop(): Promise<void> } | null = null

  const wanted = (now: number) =>
    groupMembers({
      schedules: rota.schedules,
      onCall: (schedule) => {
        const duty = rota.onCall(schedule, now)
        return duty ? (rota.findPerson(duty.person) ?? null) : null
      },
      current: new Map(),
    })
  const nextChange = (now: number) => {
    const all = rota.schedules.flatMap(({ id }) => rota.next(id, now)?.at ?? [])
    return all.length > 0 ? Math.min(...all) : null
  }
  return {
    features,
    chat: { pretendAway: (away: boolean) => delivery?.pretendAway(away) },
    async start(): Promise<void> {
      delivery = startSlackDelivery({
        ...{ journal, desk, catalog, settings, clock, log, web, duties },
        ops: slackOps,
        onCall: (refs) => rota.onDuty(refs, clock.now()),
      })
      if (rota.schedules.some(({ slackGroup }) => slackGroup !== undefined))
        groups = followGroups({ journal, clock, log, wanted, nextChange, onChange: rota.onChange, posted: delivery.wake })
      await app.start()
    },
    async stop(): Promise<void> {
      await app.stop()
      await groups?.stop()
      await delivery?.stop()
    },
  }
}

const dutyNow = (rota: Rota, now: number) =>
  rota.schedules.flatMap(({ id, title }) => {
    const duty = rota.onCall(id, now)
    const person = duty ? rota.findPerson(duty.person) : undefined
    return person ? [{ schedule: title || id, person: person.name, until: rota.next(id, now)?.at ?? null }] : []
  })
