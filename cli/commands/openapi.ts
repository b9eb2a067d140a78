import { defineCommand } from '../define.ts'

export const openapi = defineCommand('openapi', {
  summary: 'Print the OpenAPI document of the API',
  setup(command, cli, run) {
    command.action(
      run(async () => {
        const { wholeDocument } = await import('../../infra/main/document.ts')
        cli.json(wholeDocument())
        return 0
      }),
    )
  },
})
