import type { FetchFunction } from '@slack/web-api'
import type { Config } from '../../core/catalog/schema.ts'
import type { SlackConfig } from '../../core/catalog/schema-andon.ts'
import type { Clock } from '../../core/clock.ts'
import { causeChain } from '../../core/errors.ts'
import { scrub } from '../../core/scrub.ts'
import { scopesOf } from './manifest.ts'
import { slackFetch } from './web.ts'

export interface Finding {
  check: string
  level: 'ok' | 'warn' | 'fail'
  text: string
  /** The exact thing to do; absent when all is well. */
  mend?: string
}

export interface SlackDoctorPorts {
  config: Config
  settings: SlackConfig
  environment(name: string): string | undefined
  clock: Clock
  fetch?: FetchFunction
}

const skewWarnMs = 60_000
/** Slack and we refuse what is signed further away than this. */
const skewFailMs = 300_000
const callWithinMs = 10_000
const peopleMost = 500

const ok = (check: string, text: string): Finding => ({ check, level: 'ok', text })
const warn = (check: string, text: string, mend: string): Finding => ({ check, level: 'warn', text, mend })
const fail = (check: string, text: string, mend: string): Finding => ({ check, level: 'fail', text, mend })

const apps = 'https://api.slack.com/apps'

/** Looks at everything that Slack has to have right for us, and says of each what to do. Reads only; nothing is posted or changed. */
export async function examineSlack(ports: SlackDoctorPorts): Promise<Finding[]> {
  const { settings } = ports
  const token = ports.environment(settings.botTokenEnv)?.trim()
  const mode = await examineMode(ports)
  if (!token)
    return [
      ...mode,
      fail(
        'bot token',
        `${settings.botTokenEnv} is not set.`,
        `Open ${apps}, your app, OAuth & Permissions: install it, and put the Bot User OAuth Token (xoxb-) there.`,
      ),
    ]
  const call = callerOf(ports, token)
  const first = await call('auth.test')
  const who = examineToken(first, settings)
  if (!first.ok) return [...mode, who]
  return [
    ...mode,
    who,
    ...examineClock(first, settings, ports.clock),
    await examineScopes(first, call, settings),
    await examineChannel(call, settings),
    ...(await examineGroups(call, ports.config)),
    ...(await examinePeople(call, ports.config)),
  ]
}

interface Called {
  ok: boolean
  /** Slack's word, or why it was not reached. */
  error: string
  away: boolean
  // biome-ignore lint/suspicious/noExplicitAny: answers of Slack, read with care below
  result: any
  scopes: string[] | null
  date: number | null
}
type Call = (method: string, args?: Record<string, string>) => Promise<Called>

/** With the headers, which the client does not show. */
function callerOf({ settings, clock, fetch }: SlackDoctorPorts, token: string): Call {
  const guarded = slackFetch(settings.apiUrl, fetch)
  return async (method, args = {}) => {
    const patience = new AbortController()
    const late = clock.after(callWithinMs, () => patience.abort())
    try {
      const answer = await guarded(new URL(method, settings.apiUrl ?? 'https://slack.com/api/').href, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(args).toString(),
        redirect: 'error',
        signal: patience.signal,
      })
      const text = await answer.text()
      const result = text.startsWith('{') ? JSON.parse(text) : { ok: false, error: `HTTP ${answer.status}` }
      const scopes = answer.headers.get('x-oauth-scopes')
      const date = Date.parse(answer.headers.get('date') ?? '')
      const error = String(result.error ?? '')
      return {
        ok: result.ok === true,
        error,
        away: error.startsWith('HTTP 5'),
        result,
        scopes: scopes ? scopes.split(',').map((one) => one.trim()) : null,
        date: Number.isNaN(date) ? null : date,
      }
    } catch (error) {
      return { ok: false, error: scrub(causeChain(error).replaceAll(token, '[cut]')), away: true, result: {}, scopes: null, date: null }
    } finally {
      late()
    }
  }
}

const unreachable = (check: string, { error }: Called): Finding =>
  fail(check, `Slack could not be reached: ${error}`, 'Look at the way out of this host: DNS, proxy, and TLS to slack.com (port 443).')

function examineToken(called: Called, { botTokenEnv }: SlackConfig): Finding {
  if (called.ok)
    return ok(
      'bot token',
      `Slack knows us as ${called.result.user ?? called.result.user_id} in ${called.result.team ?? called.result.team_id}.`,
    )
  if (called.away) return unreachable('bot token', called)
  return fail(
    'bot token',
    `Slack refuses the token in ${botTokenEnv}: ${called.error}.`,
    `Install the app again (${apps}, OAuth & Permissions) and put its new Bot User OAuth Token there.`,
  )
}

/** What the way in needs: an app-level token, or a secret to know Slack by. */
async function examineMode(ports: SlackDoctorPorts): Promise<Finding[]> {
  const { settings, environment } = ports
  if (settings.mode === 'http') {
    const secret = environment(settings.signingSecretEnv)?.trim()
    if (!secret)
      return [
        fail(
          'signing secret',
          `${settings.signingSecretEnv} is not set: nothing that Slack sends is let in.`,
          `Open ${apps}, your app, Basic Information, App Credentials, and put the Signing Secret there.`,
        ),
      ]
    return [
      /^[0-9a-f]{32}$/.test(secret)
        ? ok('signing secret', 'It is set.')
        : warn(
            'signing secret',
            `${settings.signingSecretEnv} does not look like one (32 hexadecimal digits).`,
            'Compare it with Basic Information, Signing Secret.',
          ),
    ]
  }
  const token = environment(settings.appTokenEnv)?.trim()
  const how = `Open ${apps}, your app, Basic Information, App-Level Tokens: make one with connections:write, and put it (xapp-) into ${settings.appTokenEnv}.`
  if (!token) return [fail('app token', `${settings.appTokenEnv} is not set, and Socket Mode needs it.`, how)]
  const called = await callerOf(ports, token)('apps.connections.open')
  if (called.ok) return [ok('app token', 'Slack gives us a socket.')]
  if (called.away) return [unreachable('app token', called)]
  return [
    fail(
      'app token',
      `Slack gives us no socket: ${called.error}.`,
      called.error === 'socket_mode_disabled' ? `Switch on Socket Mode (${apps}, your app, Socket Mode).` : how,
    ),
  ]
}

function examineClock({ date }: Called, { mode }: SlackConfig, clock: Clock): Finding[] {
  if (date === null) return []
  const skewMs = Math.abs(clock.now() - date)
  const text = `Our clock and Slack's are ${Math.round(skewMs / 1_000)} s apart.`
  const mend = 'Set the clock of this host by NTP.'
  if (skewMs >= skewFailMs && mode === 'http') return [fail('clock', `${text} Nothing that Slack signs is let in.`, mend)]
  return [skewMs >= skewWarnMs ? warn('clock', text, mend) : ok('clock', text)]
}

/** By the header in which Slack tells them, else by asking for something harmless with each. */
async function examineScopes({ scopes }: Called, call: Call, { mode }: SlackConfig): Promise<Finding> {
  const lacking = scopes ? scopesOf().filter((scope) => !scopes.includes(scope)) : await probed(call)
  if (lacking.length === 0)
    return ok('scopes', scopes ? `All ${scopesOf().length} are granted.` : 'What could be tried without changing anything is granted.')
  return fail(
    'scopes',
    `The app may not do everything: ${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} missing.`,
    `Put the output of \`jidoka slack manifest${mode === 'http' ? ' --http URL' : ''}\` into App Manifest (${apps}), then reinstall the app.`,
  )
}

const probes: readonly [string, Record<string, string>][] = [
  ['users.info', { user: 'USLACKBOT' }],
  ['usergroups.list', {}],
  ['users.conversations', { limit: '1' }],
]

async function probed(call: Call): Promise<string[]> {
  const answers = await Promise.all(probes.map(([method, args]) => call(method, args)))
  return answers.flatMap(({ error, result }) => (error === 'missing_scope' ? String(result.needed ?? 'unknown').split(',') : []))
}

async function examineChannel(call: Call, { channel }: SlackConfig): Promise<Finding> {
  const called = await call('conversations.info', { channel })
  const check = 'channel'
  if (called.error === 'missing_scope')
    return fail(check, `${channel} cannot be looked at: ${called.result.needed} is missing.`, 'See scopes.')
  if (called.away) return unreachable(check, called)
  if (!called.ok)
    return fail(
      check,
      `There is no channel ${channel}, or it is private and the bot is not in it (${called.error}).`,
      'Copy the id of the channel (its name, About, at the bottom) into slack.channel; invite the bot: /invite @jidoka.',
    )
  const { name, is_archived, is_member } = called.result.channel ?? {}
  if (is_archived)
    return fail(
      check,
      `#${name} is archived: nobody reads what is announced there.`,
      'Take another channel (slack.channel), or open this one again.',
    )
  if (is_member !== true)
    return fail(check, `The bot is not in #${name}, so it cannot announce there.`, `Write in #${name}: /invite @jidoka`)
  return ok(check, `Pulls are announced in #${name}.`)
}

async function examineGroups(call: Call, { teams, schedules }: Config): Promise<Finding[]> {
  const wanted = [...new Set([...teams, ...schedules].flatMap(({ slackGroup }) => (slackGroup ? [slackGroup] : [])))]
  if (wanted.length === 0) return []
  const check = 'user groups'
  const called = await call('usergroups.list', { include_disabled: 'true' })
  if (!called.ok)
    return [
      warn(
        check,
        `They cannot be kept in step with who is on call: ${called.error}.`,
        called.error === 'missing_scope' ? 'See scopes.' : 'User groups need a paid plan; or leave slackGroup out.',
      ),
    ]
  const known = new Map<string, { handle: string; date_delete: number }>(
    called.result.usergroups?.map((group: { id: string }) => [group.id, group]),
  )
  const bad = wanted.flatMap((id) => {
    const group = known.get(id)
    if (!group) return [warn(check, `There is no user group ${id}.`, 'Copy its id (S…) from the list of user groups into slackGroup.')]
    return group.date_delete > 0
      ? [warn(check, `The user group @${group.handle} is disabled.`, 'Enable it in Slack, or leave slackGroup out.')]
      : []
  })
  return bad.length > 0 ? bad : [ok(check, `${wanted.length} of them exist.`)]
}

async function examinePeople(call: Call, { people }: Config): Promise<Finding[]> {
  const check = 'people'
  const named = people.flatMap(({ id, slack }) => (slack ? [{ id, slack }] : [])).slice(0, peopleMost)
  if (named.length === 0)
    return people.length > 0
      ? [
          warn(
            check,
            'Nobody of the configuration has a Slack id: nobody can be invited.',
            'Put their member ids (profile, three dots, Copy member ID) into people[].slack.',
          ),
        ]
      : []
  const bad: Finding[] = []
  for (const { id, slack } of named) {
    const { ok: found, error, result } = await call('users.info', { user: slack })
    if (error === 'ratelimited' || error === 'HTTP 429')
      return [...bad, warn(check, 'Slack asked us to slow down; not everybody was looked up.', 'Run it again in a minute.')]
    if (error === 'missing_scope') return [warn(check, `They cannot be looked up: ${result.needed} is missing.`, 'See scopes.')]
    if (!found)
      bad.push(
        fail(
          check,
          `${id}: Slack knows nobody as ${slack} (${error}).`,
          `Copy the member ID of ${id} (profile, three dots) into people[].slack.`,
        ),
      )
    else if (result.user?.deleted)
      bad.push(
        warn(check, `${id}: the account ${slack} is deactivated.`, `Take ${id} out of the schedules, or put the new member ID there.`),
      )
    else if (result.user?.is_bot) bad.push(warn(check, `${id}: ${slack} is a bot.`, 'Put the member ID of a person there.'))
  }
  return bad.length > 0 ? bad : [ok(check, `Slack knows all ${named.length}.`)]
}
