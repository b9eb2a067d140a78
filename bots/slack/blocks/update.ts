import type { Andon, Update } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { line, quote } from './escape.ts'
import { type BlockEnv, type Rendered, slackForm, titleOf, who } from './form.ts'
import { context, section } from './parts.ts'

/** How it stands, as somebody told it. */
export function updateOf(andon: Andon, update: Update, env: BlockEnv): Rendered {
  const words = wordsOf(env.locale)
  const form = slackForm(env.locale)
  const title = line(titleOf(andon, env.locale), 200)
  const next = andon.updateDueAt === null ? [] : [words.card.nextUpdate(form.time(andon.updateDueAt))]
  return {
    text: `${title}: ${line(update.text, 300)}`,
    blocks: [
      section(`*${title}*\n${quote(update.text, 2_400)}`),
      context([who(update.by, env), form.time(update.at), words.audience[update.audience], ...next].join(' · ')),
    ],
  }
}
