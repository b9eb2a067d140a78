import { limits } from '../../andon/andon.ts'
import type { Pulled } from '../../andon/ports.ts'
import { clean } from '../../andon/text.ts'
import { wordsOf } from '../../andon/words.ts'
import { link, quote } from './escape.ts'
import { type BlockEnv, type Rendered, slackForm } from './form.ts'
import { context, section } from './parts.ts'

/** What whoever pulled is told at once: it is recorded, and what happens now. `room`: how it will be called, while it is not there. */
export function pulledOf(
  { andon, joined }: Pulled,
  wrote: string,
  { locale, room }: Pick<BlockEnv, 'locale'> & { room?: string | null },
): Rendered {
  const { pull } = wordsOf(locale)
  const form = slackForm(locale)
  const place = andon.room ? pull.room(link(andon.room.url, andon.room.name)) : room ? `${pull.roomComes} (#${room})` : pull.roomComes
  const call =
    !joined && andon.call && andon.state.status === 'yellow' && !andon.roles.lead ? [pull.leaderCalled(form.exact(andon.call.until))] : []
  const first = joined ? pull.joined(`\`${andon.id}\``) : pull.done
  const lines = [`*${first}*`, place, ...call, ...changes(wrote, pull, form.number)]
  return {
    text: `${first} ${place}`,
    blocks: [section(lines.join('\n')), ...(wrote.trim() ? [section(quote(clean(wrote), 2_000))] : []), context(pull.noFault)],
  }
}

/** What was not taken as it was written. */
function changes(wrote: string, pull: ReturnType<typeof wordsOf>['pull'], number: (n: number) => string): string[] {
  const kept = clean(wrote)
  const masks = (text: string) => text.match(/\[[\w -]+ cut\]/g)?.length ?? 0
  return [
    ...([...wrote.trim()].length > limits.textChars ? [pull.cut(number(limits.textChars))] : []),
    ...(masks(kept) > masks(wrote) ? [pull.masked] : []),
  ]
}
