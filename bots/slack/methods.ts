/**
 * Every method of Slack's Web API that is called anywhere in here: how often it may be (calls a minute of its tier; `post`: one a
 * second and channel), what scope it needs, and what we read of its answer. Source: Slack's reference of each method.
 */
interface MethodInfo {
  perMinute: number | 'post'
  scopes: readonly string[]
}

const tier2 = 20
const tier3 = 50
const tier4 = 100

const rooms = ['channels:manage', 'groups:write'] as const
const histories = ['channels:history', 'groups:history'] as const

export const slackMethods = {
  'auth.test': { perMinute: tier4, scopes: [] },
  'bookmarks.add': { perMinute: tier2, scopes: ['bookmarks:write'] },
  'bookmarks.list': { perMinute: tier3, scopes: ['bookmarks:read'] },
  'chat.delete': { perMinute: tier3, scopes: ['chat:write'] },
  'chat.postMessage': { perMinute: 'post', scopes: ['chat:write'] },
  'chat.update': { perMinute: tier3, scopes: ['chat:write'] },
  'conversations.archive': { perMinute: tier2, scopes: rooms },
  'conversations.create': { perMinute: tier2, scopes: rooms },
  'conversations.history': { perMinute: tier3, scopes: histories },
  'conversations.invite': { perMinute: tier3, scopes: rooms },
  'conversations.join': { perMinute: tier3, scopes: ['channels:join'] },
  'conversations.open': { perMinute: tier3, scopes: ['im:write', 'mpim:write'] },
  'conversations.rename': { perMinute: tier2, scopes: rooms },
  'conversations.replies': { perMinute: tier3, scopes: histories },
  'conversations.setTopic': { perMinute: tier2, scopes: rooms },
  'conversations.unarchive': { perMinute: tier2, scopes: rooms },
  'files.info': { perMinute: tier4, scopes: ['files:read'] },
  'pins.add': { perMinute: tier2, scopes: ['pins:write'] },
  'usergroups.users.list': { perMinute: tier2, scopes: ['usergroups:read'] },
  'usergroups.users.update': { perMinute: tier2, scopes: ['usergroups:write'] },
  'users.conversations': { perMinute: tier3, scopes: ['channels:read', 'groups:read'] },
} as const satisfies Record<string, MethodInfo>

export type SlackMethod = keyof typeof slackMethods

export interface ReadMessage {
  ts: string
  bot_id?: string
  user?: string
  metadata?: { event_type?: string; event_payload?: { key?: unknown } }
}
interface Messages {
  messages?: ReadMessage[]
  has_more?: boolean
  response_metadata?: { next_cursor?: string }
}
export interface ReadChannel {
  id: string
  name: string
  creator?: string
}
export interface ReadFile {
  id: string
  name?: string
  size?: number
  url_private?: string
  url_private_download?: string
}

/** What is read of the answers; of the others only that they came. */
interface Answers {
  'auth.test': { team_id: string; user_id: string; bot_id: string; url: string }
  'bookmarks.list': { bookmarks?: { link?: string }[] }
  'chat.postMessage': { channel: string; ts: string }
  'conversations.create': { channel: ReadChannel }
  'conversations.history': Messages
  'conversations.invite': { errors?: { user?: string; error: string }[] }
  'conversations.open': { channel: { id: string } }
  'conversations.replies': Messages
  'files.info': { file: ReadFile }
  'usergroups.users.list': { users: string[] }
  'users.conversations': { channels: ReadChannel[]; response_metadata?: { next_cursor?: string } }
}
export type AnswerOf<Method extends SlackMethod> = Method extends keyof Answers ? Answers[Method] : object
