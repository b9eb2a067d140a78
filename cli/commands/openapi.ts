import { defineCommand } from '../define.ts'

export const openapi = defineCommand('openapi', {
  summary: 'Print the OpenAPI document of the API',
  setup(command, cli, run) {
    command.action(
      run(async () => {
        const { openapi: document } = await import('../../core/api/openapi.ts')
        cli.json(document())
        return 0
      }),
    )
  },
})
