import { ended } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { plain } from '../blocks/escape.ts'
import { titleOf } from '../blocks/form.ts'
import { defineSlackOp } from './define.ts'
import { isArchived } from './line.ts'

const topicMax = 250

/** How it stands, where everybody sees it. */
export const topic = defineSlackOp('topic', {
  essential: false,
  async run({ andon: id }, tools) {
    const place = await tools.place(id)
    const andon = await tools.andon(id)
    if (!place || place.thread !== null || !andon || isArchived(andon)) return
    const { lead } = andon.roles
    const words = wordsOf(andon.locale).card
    // Of what is over, nobody looks for a leader.
    const leads = lead ? words.leader(lead.person.name) : ended(andon) ? '' : words.noLeader
    // Slack reads a topic as markup: what could be a mention or a link is left out.
    const text = plain(`${titleOf(andon, andon.locale)}${leads && ` · ${leads}`}`.replace(/[<>&@]/g, ''), topicMax)
    await tools.call('conversations.setTopic', { channel: place.channel, topic: text })
  },
})
