import type { Option } from '../define.ts'
import type { Queue, QueueState } from '../inventory/queues.ts'

/** Functions, topics and rules have dead-letter queues too, and SQS does not know: such a queue is told by its name. */
export const deadLetterNames: Option<readonly string[]> = {
  default: ['dlq', 'dead-letter', 'dead_letter', 'deadletter'],
  unit: 'parts of a name',
  source: 'ours',
}

/** How we know that a queue takes dead letters; null: it takes none, as far as we know. */
export function deadLetterBy(queue: Queue, state: QueueState, names: readonly string[]): 'policy' | 'name' | null {
  if (state.sources.length > 0) return 'policy'
  const name = queue.name.toLowerCase()
  return names.some((part) => name.includes(part.toLowerCase())) ? 'name' : null
}
