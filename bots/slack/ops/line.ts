import type { Andon } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { lineOf } from '../blocks/line.ts'
import { updateOf } from '../blocks/update.ts'
import { lateText } from '../late.ts'
import { keys, nowhere, type Place, placeOf, type Told } from '../message.ts'
import { defineSlackOp, type Said, type SlackTools } from './define.ts'

/** One entry of the timeline, said in the room (or below its announcement), once. */
export const line = defineSlackOp('line', {
  essential: true,
  async run({ andon: id, event, where }, tools) {
    const andon = await tools.andon(id)
    if (!andon || isArchived(andon)) return
    const place = where === 'room' ? await tools.place(id) : await announced(id, tools)
    if (!place || !lineOf(event, andon)) return
    await tools.post(keys.line(event.seq, where), place, () => sayOf(andon, event, tools))
  },
})

/** Its room is put away: what is said now would bring it back. */
export const isArchived = ({ retention, state }: Andon): boolean =>
  state.status === 'resolved' && retention !== null && retention.archivedAt !== null

async function announced(id: string, tools: SlackTools): Promise<Place | null> {
  const ref = await tools.reference(keys.announce(id))
  return ref && ref !== nowhere ? placeOf(ref) : null
}

function sayOf(andon: Andon, event: Told, tools: SlackTools): Said {
  const { locale } = andon
  const late = lateText(event.at, tools.now(), locale)
  const update = event.kind === 'andon.update' ? andon.updates.find(({ id }) => id === event.data.update) : undefined
  if (update) {
    const said = updateOf(andon, update, tools.env(andon))
    return late ? { text: said.text, blocks: [...said.blocks, { type: 'context', elements: [{ type: 'mrkdwn', text: late }] }] } : said
  }
  const drill = andon.drill ? `🧪 ${wordsOf(locale).card.drill} · ` : ''
  return { text: `${drill}${lineOf(event, andon)?.text ?? ''}${late ? `\n_${late}_` : ''}` }
}
