import { reviewHead } from '../blocks/review.ts'
import { keys, laneOfReview } from '../message.ts'
import { defineSlackOp, NotYet, type SlackTools } from './define.ts'
import { dutyPlace } from './duty-line.ts'

/**
 * The lane of the posts alone posts. Who would change what is being posted right now waits for it: it may show how things were. True:
 * it never was posted, and never will be.
 */
export async function neverPosted(review: string, key: string, tools: Pick<SlackTools, 'lane' | 'reference' | 'waits'>): Promise<boolean> {
  if (tools.lane === laneOfReview(review) || (await tools.reference(key))) return false
  if (await tools.waits(laneOfReview(review))) throw new NotYet(`the posts of ${review}`)
  // It may have been posted between the two looks.
  return !(await tools.reference(key))
}

/** The head of a review in the channel of the duty, as it stands now. Its items are below it. */
export const review = defineSlackOp('review', {
  essential: true,
  async run({ review: id }, tools) {
    const found = await tools.duties?.reviews.get(id)
    if (!found) return
    if (await neverPosted(id, keys.review(id), tools)) return
    await tools.show(keys.review(id), dutyPlace(tools), () => reviewHead(found, tools))
  },
})
