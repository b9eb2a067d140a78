import { defineSlackOp, tolerating } from './define.ts'

/** Puts a room away. A thread stays where it is. */
export const archive = defineSlackOp('archive', {
  essential: false,
  async run({ andon: id, channel: given }, tools) {
    const place = given === null ? await tools.place(id) : { channel: given, thread: null }
    if (!place || place.thread !== null) return
    await tolerating(['already_archived', 'is_archived', 'channel_not_found'], () =>
      tools.call('conversations.archive', { channel: place.channel }),
    )
  },
})
