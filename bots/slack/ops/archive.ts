import { defineSlackOp, tolerating } from './define.ts'
import { channelOf } from './sub-room.ts'

/** Puts a room away. A thread stays where it is. */
export const archive = defineSlackOp('archive', {
  essential: false,
  async run({ andon: id, channel: given, lane }, tools) {
    const channel = given ?? (await channelOf(id, lane, tools))
    if (channel === null) return
    await tolerating(['already_archived', 'is_archived', 'channel_not_found'], () => tools.call('conversations.archive', { channel }))
  },
})
