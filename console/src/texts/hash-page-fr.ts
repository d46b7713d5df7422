import type { Deep } from './shape';
import type { enHashPage } from './hash-page-en';

export const frHashPage: Deep<typeof enHashPage> = {
  signIn: 'Se connecter',
  title: 'Cette image est-elle connue ?',
  stays:
    'L’image ne quitte pas ce navigateur. Son empreinte est calculée ici et seules les empreintes sont envoyées, au nom de votre organisation.',
  choose: 'Déposez une image ici, collez-la ou choisissez-en une :',
  hashing: 'Calcul en cours…',
  hashes: 'Empreintes',
  quality: 'Qualité PDQ',
  noPicture:
    'Ce navigateur ne peut pas la décoder comme image, ou elle est trop grande : seule son empreinte exacte est comparée.',
  lowQuality: 'L’image montre trop peu pour être comparée d’après son aspect : seule son empreinte exacte l’est.',
  roughAlpha:
    'Des parties sont transparentes, ce que ce navigateur ne garde qu’approximativement : PDQ peut différer de quelques bits.',
  answer: 'Réponse',
  asking: 'Question posée par empreinte…',
  signInFirst: 'Pour demander si elle est connue, connectez-vous d’abord.',
  unknown: 'Rien sur vos listes n’est proche de cette image.',
  known: 'Connue. Une correspondance propose ; une personne décide.',
  budgetSpent:
    'Votre organisation a épuisé ses questions pour le moment. Réessayez plus tard ; les empreintes ci-dessus restent valables.',
  unreachable: 'Le serveur n’a pas pu être interrogé.',
  failed: 'Le fichier n’a pas pu être lu.',
  type: 'Empreinte',
  distance: 'Bits d’écart',
  state: 'État',
  category: 'Catégorie',
  action: 'Votre politique',
  states: { active: 'active', provisional: 'provisoire', disputed: 'contestée' },
  actions: { ignore: 'ignorer', review: 'faire examiner', block: 'bloquer' },
};
