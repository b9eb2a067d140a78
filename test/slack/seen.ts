import { app, type Emulate } from './emulate.ts'
import type { Place } from './payloads.ts'
import type { Fields, Message } from './types.ts'

/** What people see: channels with all that is in them, whoever may see it. */
export interface Channel {
  id: string
  name: string
  topic: string
  purpose: string
  isPrivate: boolean
  archived: boolean
  /** Names, the bot's included. */
  members: string[]
  /** Oldest first, without replies: those stand in `replies` of the first message of a thread. */
  messages: Message[]
  pins: Message[]
  bookmarks: { title: string; link: string }[]
}

export type Seen = ReturnType<typeof openSeen>

interface Told {
  id: string
  name: string
  is_private: boolean
  is_im: boolean
  is_archived: boolean
  topic: { value: string }
  purpose: { value: string }
}

export function openSeen(emulate: Emulate, people: string[]) {
  const names = () => new Map([...emulate.ids].map(([name, id]) => [id, name]))
  const viewers = ['bot', ...people]

  /** Somebody who may see it: a private channel is shown to its members only. */
  async function told(id: string): Promise<{ viewer: string; channel: Told } | undefined> {
    for (const viewer of viewers) {
      const info = await emulate.ask(viewer, 'conversations.info', { channel: id })
      if (info.ok) return { viewer, channel: info.channel as Told }
    }
  }

  async function idOf(reference: string): Promise<string | undefined> {
    const name = reference.replace(/^#/, '')
    if (/^[CDG][A-Z0-9]{8,}$/.test(name)) return name
    for (const viewer of viewers) {
      const { channels } = await emulate.ask(viewer, 'conversations.list', { types: 'public_channel,private_channel', limit: 1000 })
      const found = (channels as Told[] | undefined)?.find((channel) => channel.name === name)
      if (found) return found.id
    }
  }

  async function must(reference: string): Promise<string> {
    const id = await idOf(reference)
    if (!id) throw new Error(`there is no channel ${reference}`)
    return id
  }

  async function membersOf(id: string): Promise<string[]> {
    const seen = await told(id)
    if (!seen) return []
    const { members } = await emulate.ask(seen.viewer, 'conversations.members', { channel: id })
    return members as string[]
  }

  const bare = (id: string, message: Fields): Message => ({ ...(message as Message), channel: id })

  async function messagesOf(viewer: string, id: string): Promise<Message[]> {
    const history = await emulate.ask(viewer, 'conversations.history', { channel: id, limit: 1000 })
    const top = ((history.messages as Fields[] | undefined) ?? []).map((message) => bare(id, message)).reverse()
    for (const message of top.filter(({ reply_count }) => Number(reply_count) > 0)) {
      const thread = await emulate.ask(viewer, 'conversations.replies', { channel: id, ts: message.ts })
      message.replies = (thread.messages as Fields[]).slice(1).map((reply) => bare(id, reply))
    }
    return top
  }

  return {
    id: must,
    membersOf,

    async place(reference: string): Promise<Place> {
      const id = await must(reference)
      const channel = (await told(id))?.channel
      return { id, name: channel?.name ?? id, kind: channel?.is_im ? 'im' : channel?.is_private ? 'private' : 'public' }
    },

    /** By name, `#name` or id; undefined when there is none. */
    async channel(reference: string): Promise<Channel | undefined> {
      const id = await idOf(reference)
      const seen = id ? await told(id) : undefined
      if (!id || !seen) return
      const { viewer, channel } = seen
      const [members, messages, pins, bookmarks] = await Promise.all([
        membersOf(id),
        messagesOf(viewer, id),
        emulate.ask(viewer, 'pins.list', { channel: id }),
        emulate.ask(viewer, 'bookmarks.list', { channel_id: id }),
      ])
      const byId = names()
      return {
        id,
        name: channel.name,
        topic: channel.topic.value,
        purpose: channel.purpose.value,
        isPrivate: channel.is_private,
        archived: channel.is_archived,
        members: members.map((member) => byId.get(member) ?? member),
        messages,
        pins: ((pins.items as { message?: Fields }[] | undefined) ?? []).flatMap(({ message }) => (message ? [bare(id, message)] : [])),
        bookmarks: (bookmarks.bookmarks as { title: string; link: string }[] | undefined) ?? [],
      }
    },

    /** What the bot and a person wrote to each other. */
    async dm(user: string): Promise<Message[]> {
      const opened = await emulate.ask('bot', 'conversations.open', { users: user, prevent_creation: true })
      return opened.ok ? messagesOf('bot', (opened.channel as { id: string }).id) : []
    },

    /** One message as it stands now; undefined when it is gone. */
    async message(channel: string, ts: string): Promise<Message | undefined> {
      const seen = await told(channel)
      const thread = seen ? await emulate.ask(seen.viewer, 'conversations.replies', { channel, ts }) : undefined
      const found = (thread?.messages as Fields[] | undefined)?.find((message) => message.ts === ts)
      if (!found) return
      return bare(channel, found.user === app.botUserId ? { ...found, bot_id: app.botId, app_id: app.id } : found)
    },
  }
}
