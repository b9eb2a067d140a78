import { createEmulator } from 'emulate'
import type { Fields, PersonOptions } from './types.ts'

/**
 * The Web API: `emulate`, in this process, on loopback. It keeps channels, messages, people and views.
 * It refuses the 5,001st call of a token within an hour (403), so each identity has a pool of equal tokens that are used in turn.
 */
const tokensOf = { bot: 24, person: 4 }

export const team = { id: 'T000000001', domain: 'jidoka-test', name: 'Jidoka test' }
export const app = { id: 'A0JIDOKA01', botId: 'B0JIDOKA01', botUserId: 'U0JIDOKA01', name: 'jidoka' }

export const everyScope = [
  ...['chat:write', 'channels:read', 'channels:history', 'channels:join', 'channels:manage', 'groups:read', 'groups:history'],
  ...['groups:write', 'im:read', 'im:history', 'im:write', 'mpim:read', 'mpim:history', 'mpim:write', 'users:read', 'users:read.email'],
  ...['users.profile:read', 'files:read', 'files:write', 'pins:read', 'pins:write', 'bookmarks:read', 'bookmarks:write'],
  ...['reactions:read', 'reactions:write', 'team:read', 'usergroups:read', 'usergroups:write', 'canvases:read', 'canvases:write'],
  ...['commands', 'app_mentions:read'],
]

export interface Answer extends Fields {
  ok: boolean
  error?: string
}

export interface EmulateOptions {
  people: PersonOptions[]
  scopes: string[]
  botToken: string
  signingSecret: string
}

export type Emulate = Awaited<ReturnType<typeof startEmulate>>

const pool = (token: string, size: number) => Array.from({ length: size }, (_, index) => (index === 0 ? token : `${token}-${index}`))

export async function startEmulate({ people, scopes, botToken, signingSecret }: EmulateOptions) {
  const botTokens = pool(botToken, tokensOf.bot)
  const tokensOfPeople = new Map(people.map(({ name }) => [name, pool(`xoxp-${name}`, tokensOf.person)]))
  const bot = { type: 'bot', user_id: app.botUserId, scopes, app_id: app.id, bot_id: app.botId, bot_user_id: app.botUserId }
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        team: { name: team.name, domain: team.domain },
        users: people.map(({ name, realName, email, admin, title }) => ({
          name,
          real_name: realName ?? name,
          email: email ?? `${name}@example.com`,
          is_admin: admin ?? false,
          profile: { display_name: name, real_name: realName ?? name, email: email ?? `${name}@example.com`, title: title ?? '' },
        })),
        oauth_apps: [
          {
            ...{ app_id: app.id, bot_id: app.botId, bot_user_id: app.botUserId, bot_name: app.name, name: 'Jidoka' },
            ...{ client_id: 'test', client_secret: 'test', redirect_uris: [], scopes },
          },
        ],
        tokens: [
          ...botTokens.map((token) => ({ token, ...bot })),
          ...[...tokensOfPeople].flatMap(([user, tokens]) => tokens.map((token) => ({ token, type: 'user', user, app_id: app.id }))),
        ],
        strict_scopes: true,
        signing_secret: signingSecret,
      },
    },
  })
  const url = emulator.url.replace('//localhost:', '//127.0.0.1:')
  const turns = new Map<string, number>()

  /** The next token of `bot` or of a person. */
  function tokenOf(who: string): string {
    const tokens = who === 'bot' ? botTokens : tokensOfPeople.get(who)
    if (!tokens) throw new Error(`nobody is called ${who} in this workspace`)
    const turn = turns.get(who) ?? 0
    turns.set(who, turn + 1)
    return tokens[turn % tokens.length] as string
  }

  /** A call of the harness itself: not recorded, no faults. */
  async function ask(who: string, method: string, args: Fields = {}): Promise<Answer> {
    const body = new URLSearchParams()
    for (const [key, value] of Object.entries(args)) {
      if (value !== undefined) body.set(key, typeof value === 'string' ? value : JSON.stringify(value))
    }
    const response = await fetch(`${url}/api/${method}`, { method: 'POST', headers: { authorization: `Bearer ${tokenOf(who)}` }, body })
    return (await response.json()) as Answer
  }

  /** As `ask`, and an error is a defect of the test. */
  async function must(who: string, method: string, args: Fields = {}): Promise<Answer> {
    const answer = await ask(who, method, args)
    if (!answer.ok) throw new Error(`${who} could not ${method} ${JSON.stringify(args)}: ${answer.error ?? JSON.stringify(answer)}`)
    return answer
  }

  const ids = new Map<string, string>()
  const first = people[0]
  if (!first) throw new Error('a workspace needs at least one person')
  const { members } = (await must(first.name, 'users.list', { limit: 1000 })) as unknown as { members: { id: string; name: string }[] }
  for (const { id, name } of members) ids.set(name, id)

  return {
    /** As emulate writes it into addresses of files, and where it is reached. */
    writtenUrl: emulator.url,
    url,
    /** User ids by name. */
    ids,
    tokenOf,
    ask,
    must,
    close: () => emulator.close(),
  }
}
