import type { Answer, Web } from './web.ts'

/** Methods of the Web API that the surface calls, as methods.ts tells those of delivery: calls a minute, and scopes. */
export const surfaceMethods = {
  'apps.connections.open': { perMinute: 20, scopes: [] },
  'chat.postEphemeral': { perMinute: 100, scopes: ['chat:write'] },
  'chat.postMessage': { perMinute: 'post', scopes: ['chat:write'] },
  'conversations.history': { perMinute: 50, scopes: ['channels:history', 'groups:history'] },
  'conversations.info': { perMinute: 50, scopes: ['channels:read', 'groups:read'] },
  'conversations.replies': { perMinute: 50, scopes: ['channels:history', 'groups:history'] },
  'reactions.get': { perMinute: 50, scopes: ['reactions:read'] },
  'usergroups.list': { perMinute: 20, scopes: ['usergroups:read'] },
  'users.info': { perMinute: 100, scopes: ['users:read'] },
  'views.open': { perMinute: 100, scopes: [] },
  'views.publish': { perMinute: 100, scopes: [] },
  'auth.test': { perMinute: 100, scopes: [] },
} as const satisfies Record<string, { perMinute: number | 'post'; scopes: readonly string[] }>
export type SurfaceMethod = keyof typeof surfaceMethods

export interface SlackUser {
  id: string
  name: string
  real_name?: string
  team_id?: string
  deleted?: boolean
  is_bot?: boolean
  is_restricted?: boolean
  is_ultra_restricted?: boolean
  is_stranger?: boolean
  locale?: string
  profile?: { display_name?: string; real_name?: string }
}

export interface SlackFile {
  id: string
  name?: string
  size?: number
  url_private?: string
  url_private_download?: string
}

export interface SlackMessage {
  ts: string
  text?: string
  user?: string
  bot_id?: string
  thread_ts?: string
  files?: SlackFile[]
  reactions?: { name: string; users: string[]; count: number }[]
}

/** What is read of the answers. */
interface Answers {
  'auth.test': { team_id: string; team: string; user_id: string; bot_id: string; url: string; response_metadata?: { scopes?: string[] } }
  'conversations.history': { messages?: SlackMessage[] }
  'conversations.info': { channel: { id: string; name?: string; is_archived?: boolean; is_member?: boolean; is_private?: boolean } }
  'conversations.replies': { messages?: SlackMessage[] }
  'reactions.get': { message?: SlackMessage }
  'usergroups.list': { usergroups?: { id: string; handle: string; date_delete: number }[] }
  'users.info': { user: SlackUser }
}
type AnswerOf<Method extends SurfaceMethod> = Method extends keyof Answers ? Answers[Method] : object

/** `web.call`, for the methods of the surface. */
export const ask = <Method extends SurfaceMethod>(
  web: Pick<Web, 'call'>,
  method: Method,
  args: Record<string, unknown> = {},
): Promise<Answer<AnswerOf<Method>>> => web.call(method as never, args) as Promise<Answer<AnswerOf<Method>>>
