import type { Answer, Emulate } from './emulate.ts'
import type { Fields, View } from './types.ts'

/**
 * Modals and Homes that people have before them. Emulate keeps the views and their rules (a `trigger_id` is good once and for
 * 2 to 3 s; at most three modals on each other; a stale `hash` is refused); here stands who sees which.
 */
export type Views = ReturnType<typeof openViews>

export function openViews(emulate: Emulate) {
  const stacks = new Map<string, View[]>()
  const homes = new Map<string, View>()
  const triggers = new Map<string, string>()
  const stackOf = (user: string): View[] => {
    const stack = stacks.get(user) ?? []
    stacks.set(user, stack)
    return stack
  }

  /** `within`: the modal in which the person acted, for `views.push`. */
  async function trigger(user: string, within?: View): Promise<string> {
    const { trigger_id } = await emulate.must('bot', 'views.generateTriggerId', { user_id: user, view_id: within?.id })
    triggers.set(trigger_id as string, user)
    return trigger_id as string
  }

  function replace(view: View): void {
    for (const stack of stacks.values()) {
      const index = stack.findIndex(({ id }) => id === view.id)
      if (index >= 0) stack[index] = view
    }
    for (const [user, home] of homes) if (home.id === view.id) homes.set(user, view)
  }

  const actions: Record<string, (user: string, view: View, response: Fields) => void | Promise<void>> = {
    clear: (user) => void stacks.set(user, []),
    errors: (_user, view, { errors }) => replace({ ...view, errors: errors as Record<string, string> }),
    async update(_user, view, response) {
      const { view: updated } = await emulate.must('bot', 'views.update', { view_id: view.id, view: response.view })
      replace(updated as View)
    },
    async push(user, view, response) {
      const trigger_id = await trigger(user, view)
      const { view: pushed } = await emulate.must('bot', 'views.push', { trigger_id, view: response.view })
      stackOf(user).push(pushed as View)
    },
  }

  return {
    trigger,
    /** The modals of a person, the lowest first; the last is the one they see. */
    stack: (user: string): View[] => [...stackOf(user)],
    home: (user: string): View | undefined => homes.get(user),

    /** After `views.*` was answered. */
    done(method: string, args: Fields, answer: Answer): void {
      const view = answer.view as View
      const user = triggers.get(String(args.trigger_id ?? args.interactivity_pointer)) ?? ''
      if (method === 'views.open') stacks.set(user, [view])
      if (method === 'views.push') stackOf(user).push(view)
      if (method === 'views.update') replace(view)
      if (method === 'views.publish') homes.set(String(args.user_id), view)
    },

    /** After a submission was acknowledged: empty closes this modal and shows the one below. */
    async submitted(user: string, view: View, ack: unknown): Promise<void> {
      const response = (ack ?? {}) as Fields
      const act = actions[String(response.response_action)]
      if (act) await act(user, view, response)
      else stackOf(user).pop()
    },
    close: (user: string) => void stackOf(user).pop(),
  }
}
