import { busyRoutes } from '../../busy-routes.ts'
import { tillPost } from '../../till-door.ts'

export async function POST(request: Request): Promise<Response> {
  const { rules, act } = busyRoutes['/api/v1/redeem']
  return await tillPost(request, rules, act)
}
