import { defineCommand } from '../define.ts'
import { followOrder } from '../order.ts'
import { ordering } from './runbook.ts'

export const failover = defineCommand('failover', {
  summary: 'Switch a component to its standby, in good order',
  setup(command, cli, run) {
    ordering(command.argument('<component>')).action(
      run((component, options) => followOrder(cli, options, `/v1/components/${encodeURIComponent(component)}/actions/failover`)),
    )
  },
})
