import { clean } from '../../andon/text.ts'
import { defineSlackHandler } from '../define.ts'
import { knownOf, tellRefusal } from './act.ts'
import { noteMessage } from './noting.ts'
import { plainOf } from './plain.ts'
import { pullNameWithinMs, pullNow } from './pulling.ts'

/** On a message: its words become the pull, the message itself the first note on the timeline, with a link to it. */
export const messageShortcut = defineSlackHandler('message-shortcut', {
  kind: 'messageShortcut',
  match: 'andon-pull-message',
  scopes: ['commands'],
  events: [],
  help: 'Pull the andon with this',
  async run(incoming, surface) {
    const { message, channel } = incoming.body
    const known = await knownOf(surface, incoming, pullNameWithinMs)
    const text = String(message.text ?? '')
    try {
      const { pulled, answer } = await pullNow(surface, { text, known, key: incoming.key })
      await incoming.ack()
      await incoming.tell(answer)
      if (await incoming.first())
        await noteMessage(surface, {
          andon: pulled.andon,
          actor: known.actor,
          channel: channel.id,
          message: { ...message, text, ts: incoming.body.message_ts },
        })
    } catch (error) {
      await tellRefusal(surface, incoming, known, error, clean(plainOf(text, surface.who.nameOf)))
    }
  },
})
