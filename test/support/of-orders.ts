/** What only an order may say, in the three languages that are shipped: a statutory time, a penalty, a duty to preserve. */
export const OF_ORDERS =
  /2021\/784|statutory|deadline_passed|removal.order|injonction|anordnung|\b(article|artikel|art\.)\s*(3|6|18)\b|\b(one|an) hour\b|\bune heure\b|\beine[rs]? stunde\b|60 min|penalt|sanction|sanktion|amende|geldbu|\bfine[sd]?\b|six months|six mois|sechs monate|must preserve|binding|contraignan|verbindlich/iu;
