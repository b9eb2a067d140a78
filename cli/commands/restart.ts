import { defineCommand } from '../define.ts'
import { followOrder } from '../order.ts'
import { ordering } from './runbook.ts'

export const restart = defineCommand('restart', {
  summary: 'Restart a member of a component, and verify it',
  setup(command, cli, run) {
    ordering(command.argument('<component>')).action(
      run((component, options) => followOrder(cli, options, `/v1/components/${encodeURIComponent(component)}/actions/restart`)),
    )
  },
})
