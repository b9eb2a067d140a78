import { defineSlackHandler } from '../define.ts'
import { listen } from './listen.ts'

interface Mention {
  text: string
  channel: string
  ts: string
  thread_ts?: string
}

/** `@jidoka pull …` wherever the bot is, in threads too; in the room of an andon its commands as words. */
export const mention = defineSlackHandler('mention', {
  kind: 'event',
  match: ['app_mention'],
  scopes: ['app_mentions:read'],
  events: ['app_mention'],
  help: '@jidoka pull what you see',
  async run(incoming, surface) {
    const { text, channel, ts, thread_ts } = incoming.body.event as unknown as Mention
    const bot = surface.self()?.botUserId
    const words = text.replace(bot ? new RegExp(`<@${bot}(\\|[^>]*)?>`, 'g') : /^\s*<@[UW][A-Z0-9]+(\|[^>]*)?>/, '').trim()
    await listen(surface, incoming, { words, channel, ts, thread: thread_ts })
  },
})
