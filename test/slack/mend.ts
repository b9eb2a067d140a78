import { type Answer, app, type Emulate } from './emulate.ts'
import type { Fields, PersonOptions } from './types.ts'

/**
 * Where emulate is laxer or poorer than Slack and it matters to a bot, its answer is mended here:
 * - a bot must be in a channel to post or read there (`not_in_channel`);
 * - an answer to a message that is gone stands in the channel itself;
 * - `conversations.history` and `.replies` keep `oldest`, `latest`, `inclusive`, and tell metadata only when asked;
 * - what a bot wrote carries `bot_id` and `app_id`;
 * - `conversations.invite` with `force` adds those who can be added, and tells of the others;
 * - `users.info` tells `locale` (when asked) and `tz`.
 */
export async function mended(
  emulate: Emulate,
  people: PersonOptions[],
  scopes: string[],
  by: string,
  method: string,
  args: Fields,
): Promise<Answer> {
  if (by === 'bot' && needsMembership.test(method)) {
    const refused = await notIn(emulate, scopes, method, args)
    if (refused) return refused
  }
  if (method === 'conversations.invite' && String(args.force) === 'true') return inviteAll(emulate, by, args)
  if (method === 'conversations.history' && (args.oldest || args.latest)) return historyBetween(emulate, by, args)
  const answer = await emulate.ask(by, method, method === 'chat.postMessage' && args.thread_ts ? await withParent(emulate, by, args) : args)
  if (!answer.ok) return answer
  if (/^conversations\.(history|replies)$/.test(method)) return { ...answer, messages: asTold(answer.messages, args) }
  if (/^chat\.(postMessage|update)$/.test(method)) return { ...answer, message: signed(answer.message as Fields) }
  if (/^users\.(info|lookupByEmail)$/.test(method)) return { ...answer, user: withLocale(people, answer.user as Fields, args) }
  return answer
}

const needsMembership = /^(chat\.postMessage|conversations\.(history|replies|setTopic|setPurpose))$/

async function notIn(emulate: Emulate, scopes: string[], method: string, args: Fields): Promise<Answer | undefined> {
  if (method === 'chat.postMessage' && scopes.includes('chat:write.public')) return
  const channel = String(args.channel ?? '')
  if (!channel.startsWith('C')) return
  const info = await emulate.ask('bot', 'conversations.info', { channel })
  if (!info.ok) return info.error === 'not_in_channel' ? { ok: false, error: 'channel_not_found' } : undefined
  const found = info.channel as { is_member: boolean; is_archived: boolean }
  if (!found.is_member) return { ok: false, error: 'not_in_channel' }
}

async function withParent(emulate: Emulate, by: string, args: Fields): Promise<Fields> {
  const { thread_ts, ...rest } = args
  const thread = await emulate.ask(by, 'conversations.replies', { channel: args.channel, ts: thread_ts })
  return (thread.messages as Fields[] | undefined)?.some(({ ts }) => ts === thread_ts) ? args : rest
}

async function inviteAll(emulate: Emulate, by: string, args: Fields): Promise<Answer> {
  const { force: _force, ...rest } = args
  const first = await emulate.ask(by, 'conversations.invite', rest)
  const errors = first.errors as { user: string; ok: false; error: string }[] | undefined
  if (first.ok || !errors) return first
  const bad = new Set(errors.map(({ user }) => user))
  const good = String(args.users)
    .split(',')
    .map((id) => id.trim())
    .filter((id) => !bad.has(id))
  if (good.length === 0) return first
  const second = await emulate.ask(by, 'conversations.invite', { ...rest, users: good.join(',') })
  return second.ok ? { ...second, errors } : second
}

async function historyBetween(emulate: Emulate, by: string, args: Fields): Promise<Answer> {
  const { oldest = '0', latest = '9999999999.999999', inclusive, limit = '100', ...rest } = args as Record<string, string>
  const answer = await emulate.ask(by, 'conversations.history', { ...rest, limit: '1000' })
  if (!answer.ok) return answer
  const edges = String(inclusive) === 'true' || String(inclusive) === '1'
  const within = (answer.messages as { ts: string }[]).filter(({ ts }) =>
    edges ? Number(ts) >= Number(oldest) && Number(ts) <= Number(latest) : Number(ts) > Number(oldest) && Number(ts) < Number(latest),
  )
  const page = within.slice(0, Number(limit))
  return { ...answer, messages: asTold(page, args), has_more: page.length < within.length, response_metadata: { next_cursor: '' } }
}

const asTold = (messages: unknown, args: Fields): Fields[] =>
  (messages as Fields[]).map((message) => {
    const { metadata, ...rest } = signed(message)
    return String(args.include_all_metadata) === 'true' && metadata ? { ...rest, metadata } : rest
  })

const signed = (message: Fields): Fields => (message.user === app.botUserId ? { ...message, bot_id: app.botId, app_id: app.id } : message)

function withLocale(people: PersonOptions[], user: Fields, args: Fields): Fields {
  const person = people.find(({ name }) => name === user.name)
  return {
    ...user,
    tz: person?.tz ?? 'Asia/Tokyo',
    ...(String(args.include_locale) === 'true' ? { locale: person?.locale ?? 'en-US' } : {}),
  }
}
