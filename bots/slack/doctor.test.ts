import { afterEach, describe, expect, test } from 'vitest'
import { configSchema } from '../../core/catalog/schema.ts'
import { systemClock } from '../../core/clock.ts'
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../test/slack/workspace.ts'
import { examineSlack } from './doctor.ts'
import { scopesOf } from './manifest.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function clinic(of: WorkspaceOptions = {}) {
  const workspace = await openWorkspace({
    mode: 'http',
    scopes: scopesOf(),
    channels: [{ name: 'ops' }],
    groups: { oncall: ['ben'] },
    ...of,
  })
  open.push(workspace.close)
  return workspace
}

const secrets = (workspace: Workspace): Record<string, string> => ({
  SLACK_BOT_TOKEN: workspace.botToken,
  SLACK_APP_TOKEN: workspace.appToken,
  SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
})

async function examine(
  workspace: Workspace,
  { env = secrets(workspace), slack = {}, more = {}, now = () => Date.now() } = {} as {
    env?: Record<string, string | undefined>
    slack?: object
    more?: object
    now?: () => number
  },
) {
  const ops = (await workspace.channel('ops'))?.id
  const config = configSchema.parse({
    components: [],
    people: [{ id: 'ben', name: 'Ben', slack: workspace.idOf('ben') }],
    teams: [{ id: 'core', slackGroup: [...workspace.groups.keys()][0] }],
    slack: { channel: ops, apiUrl: workspace.apiUrl, ...slack },
    ...more,
  })
  const settings = config.slack as NonNullable<typeof config.slack>
  const clock = { ...systemClock, now }
  const found = await examineSlack({
    config,
    settings,
    environment: (name) => env[name],
    clock,
    fetch: workspace.clientOptions.fetch as never,
  })
  return { found, of: (check: string) => found.filter((one) => one.check === check), bad: found.filter(({ level }) => level !== 'ok') }
}

test('all is well in a workspace that is set up as it should be', async () => {
  const workspace = await clinic()
  const { found, bad } = await examine(workspace)
  expect(bad).toEqual([])
  expect(found.map(({ check }) => check)).toEqual(['app token', 'bot token', 'scopes', 'channel', 'user groups', 'people'])
  expect(JSON.stringify(found)).not.toMatch(/xox|xapp/)
})

describe('what is wrong is told with what to do', () => {
  test.each([
    ['no token', { SLACK_BOT_TOKEN: undefined }, 'bot token', /not set/],
    ['a token of nobody', { SLACK_BOT_TOKEN: 'xoxb-nobody' }, 'bot token', /invalid_auth/],
    ['no app-level token', { SLACK_APP_TOKEN: '' }, 'app token', /Socket Mode needs it/],
    ['a bot token instead of the app-level one', { SLACK_APP_TOKEN: 'xoxb-jidoka-test' }, 'app token', /not_allowed_token_type/],
  ])('%s', async (_, env, check, text) => {
    const workspace = await clinic()
    const { of } = await examine(workspace, { env: { ...secrets(workspace), ...env } })
    expect(of(check)[0]).toMatchObject({ level: 'fail', text: expect.stringMatching(text), mend: expect.stringMatching(/\w/) })
  })

  test('no signing secret in HTTP mode', async () => {
    const workspace = await clinic()
    const { of } = await examine(workspace, { env: { ...secrets(workspace), SLACK_SIGNING_SECRET: undefined }, slack: { mode: 'http' } })
    expect(of('signing secret')[0]?.level).toBe('fail')
  })

  test('missing scopes by name', async () => {
    const workspace = await clinic({ scopes: scopesOf().filter((scope) => scope !== 'pins:write' && scope !== 'reactions:read') })
    const { of } = await examine(workspace)
    expect(of('scopes')[0]?.text).toContain('pins:write, reactions:read are missing')
  })

  test('a channel that is none, archived, or without the bot', async () => {
    const workspace = await clinic({ channels: [{ name: 'ops' }, { name: 'quiet', bot: false }, { name: 'old' }] })
    const idOf = async (name: string) => (await workspace.channel(name))?.id
    await workspace.ask('aki', 'conversations.archive', { channel: await idOf('old') })
    for (const [channel, text] of [
      ['C0NOWHERE0', /There is no channel/],
      [await idOf('quiet'), /not in #quiet/],
      [await idOf('old'), /#old is archived/],
    ] as const) {
      const { of } = await examine(workspace, { slack: { channel } })
      expect(of('channel')[0]).toMatchObject({ level: 'fail', text: expect.stringMatching(text) })
    }
  })

  test('people and groups that Slack does not know', async () => {
    const workspace = await clinic()
    const more = { people: [{ id: 'zed', name: 'Zed', slack: 'U0NOBODY00' }], teams: [{ id: 'core', slackGroup: 'S0NOTHING0' }] }
    const { of } = await examine(workspace, { more })
    expect(of('people')[0]).toMatchObject({ level: 'fail', text: expect.stringContaining('zed') })
    expect(of('user groups')[0]).toMatchObject({ level: 'warn', text: expect.stringContaining('S0NOTHING0') })
  })

  test('Slack away: said once, not seven times', async () => {
    const workspace = await clinic()
    workspace.down = true
    const { bad } = await examine(workspace)
    expect(bad.map(({ check }) => check)).toEqual(['app token', 'bot token'])
    expect(bad[1]?.text).toContain('could not be reached')
  })

  test('a clock that is off', async () => {
    const slacksTime = Date.UTC(2026, 10, 20, 10, 32)
    const workspace = await clinic()
    const dated = async (input: string | URL, init: never) => {
      const answer = await (workspace.clientOptions.fetch as unknown as typeof fetch)(input, init)
      const headers = new Headers(answer.headers)
      headers.set('date', new Date(slacksTime).toUTCString())
      return new Response(await answer.text(), { status: answer.status, headers })
    }
    const config = configSchema.parse({ components: [], slack: { channel: 'C000000001', apiUrl: workspace.apiUrl, mode: 'http' } })
    const settings = config.slack as NonNullable<typeof config.slack>
    const clock = { ...systemClock, now: () => slacksTime - 400_000 }
    const found = await examineSlack({ config, settings, environment: (name) => secrets(workspace)[name], clock, fetch: dated as never })
    expect(found.find(({ check }) => check === 'clock')).toMatchObject({ level: 'fail', text: expect.stringContaining('400 s apart') })
  })
})
