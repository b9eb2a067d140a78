import { announceOf } from '../blocks/announce.ts'
import { keys, nowhere, placeOf } from '../message.ts'
import { defineSlackOp, refusalOf, tolerating } from './define.ts'

/** What everybody reads in the channel of the configuration. Nothing is told there of what is private. */
export const announce = defineSlackOp('announce', {
  essential: true,
  async run({ andon: id }, tools) {
    const andon = await tools.andon(id)
    if (!andon) return
    const key = keys.announce(id)
    const ref = await tools.reference(key)
    if (andon.private) {
      const posted = ref && ref !== nowhere ? placeOf(ref) : null
      if (posted?.channel !== tools.settings.channel) return
      await tolerating(['message_not_found'], () => tools.call('chat.delete', { channel: posted.channel, ts: posted.thread }))
      return tools.refer({ [key]: '' })
    }
    const channel = (await tools.reference(keys.room(id)))?.split('/')[0] ?? null
    try {
      await tools.show(key, { channel: tools.settings.channel, thread: null }, () => announceOf(andon, { ...tools.env(andon), channel }))
    } catch (error) {
      // The room may wait for it; that there will be none is known from now on.
      if (refusalOf(error) === 'channel_not_found' && !ref) await tools.refer({ [key]: nowhere })
      throw error
    }
  },
})
