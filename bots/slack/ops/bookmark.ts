import { defineSlackOp } from './define.ts'

/** A link at the top of the room, once. */
export const bookmark = defineSlackOp('bookmark', {
  essential: false,
  async run({ andon: id, title, link }, tools) {
    const place = await tools.place(id)
    if (!place || place.thread !== null) return
    const { bookmarks = [] } = await tools.call('bookmarks.list', { channel_id: place.channel })
    if (bookmarks.some((one) => one.link === link)) return
    await tools.call('bookmarks.add', { channel_id: place.channel, title, type: 'link', link })
  },
})
