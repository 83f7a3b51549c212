// Packets by kind: plain number fields, since counting stands on the hottest path of the node.

export class DhtStats {
  pingRequestsReceived = 0
  pingResponsesReceived = 0
  nodesRequestsReceived = 0
  nodesResponsesReceived = 0
  dhtRequestsReceived = 0
  dhtRequestsForwarded = 0
  pingRequestsSent = 0
  nodesRequestsSent = 0
  dhtRequestsSent = 0
}
