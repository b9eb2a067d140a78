import { defineSlackOp, tolerating } from './define.ts'
import { channelOf } from './sub-room.ts'

/** Takes a room out again, when its andon goes on. */
export const unarchive = defineSlackOp('unarchive', {
  essential: false,
  async run({ andon: id, lane }, tools) {
    const channel = await channelOf(id, lane, tools)
    if (channel === null) return
    await tolerating(['not_archived'], () => tools.call('conversations.unarchive', { channel }))
  },
})
