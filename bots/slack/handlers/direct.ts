import { defineSlackHandler } from '../define.ts'
import { listen } from './listen.ts'

interface Direct {
  channel: string
  channel_type?: string
  subtype?: string
  bot_id?: string
  text?: string
  ts: string
}

/** A message to the bot alone: the same words as after its name. */
export const direct = defineSlackHandler('direct', {
  kind: 'event',
  match: ['message'],
  when: (event) => {
    const { channel_type, subtype, bot_id } = event as unknown as Direct
    return channel_type === 'im' && (subtype === undefined || subtype === 'file_share') && bot_id === undefined
  },
  scopes: ['im:history', 'im:write', 'chat:write'],
  events: ['message.im'],
  help: 'pull what you see',
  async run(incoming, surface) {
    const { text = '', channel, ts } = incoming.body.event as unknown as Direct
    await listen(surface, incoming, { words: text.trim(), channel, ts, thread: undefined })
  },
})
