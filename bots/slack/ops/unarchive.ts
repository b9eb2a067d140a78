import { defineSlackOp, tolerating } from './define.ts'

/** Takes a room out again, when its andon goes on. */
export const unarchive = defineSlackOp('unarchive', {
  essential: false,
  async run({ andon: id }, tools) {
    const place = await tools.place(id)
    if (!place || place.thread !== null) return
    await tolerating(['not_archived'], () => tools.call('conversations.unarchive', { channel: place.channel }))
  },
})
