import { defineSlackOp, tolerating } from './define.ts'

/** Gives a room the name of what it is about now. It is found by its id, so nothing depends on it. */
export const rename = defineSlackOp('rename', {
  essential: false,
  async run({ andon: id, name }, tools) {
    const place = await tools.place(id)
    if (!place || place.thread !== null) return
    await tolerating(['name_taken', 'not_authorized', 'is_archived'], () =>
      tools.call('conversations.rename', { channel: place.channel, name }),
    )
  },
})
