import type { Answer } from '../api/client.ts'
import type { Say } from '../words/words.ts'

/** Why an order was not taken, in words; the controller's own where it gave some. */
export function problemText(say: Say, answer: Extract<Answer<unknown>, { ok: false }>): string {
  if (answer.problem) return `${answer.problem.title} ${answer.problem.detail}`
  return answer.status === 0 ? say('problem.gone') : say('problem.other', { status: answer.status })
}
