#pragma once

/// The numbers of all diagnostics. A number that was released keeps its meaning for ever; a retired one is
/// never used again. The texts behind `slipway explain` are in codes_*.cc, one row per number.
namespace slipway::code {

// SW10xx: YAML. Text, bounds, aliases, tags, keys.
inline constexpr int kYamlSyntax = 1001;
inline constexpr int kYamlNotUtf8 = 1002;
inline constexpr int kYamlForbiddenCharacter = 1003;
inline constexpr int kYamlTooLarge = 1011;
inline constexpr int kYamlTooDeep = 1012;
inline constexpr int kYamlTooManyNodes = 1013;
inline constexpr int kYamlScalarTooLong = 1014;
inline constexpr int kYamlTooManyProblems = 1015;
inline constexpr int kYamlUnknownAlias = 1021;
inline constexpr int kYamlCyclicAlias = 1022;
inline constexpr int kYamlUnknownTag = 1031;
inline constexpr int kYamlTagMismatch = 1032;
inline constexpr int kYamlKeyNotScalar = 1040;
inline constexpr int kYamlMergeKey = 1041;
inline constexpr int kYamlDuplicateKey = 1042;

// SW11xx: a resource against its JSON Schema. Envelope, then fields.
inline constexpr int kUnknownApiVersion = 1101;
inline constexpr int kUnknownKind = 1102;
inline constexpr int kNotAResource = 1103;
inline constexpr int kWrongType = 1111;
inline constexpr int kUnknownField = 1112;
inline constexpr int kMissingField = 1113;
inline constexpr int kNotAllowedValue = 1114;
inline constexpr int kWrongForm = 1115;
inline constexpr int kOutOfRange = 1116;
inline constexpr int kWrongCount = 1117;
inline constexpr int kNotExactlyOne = 1118;
inline constexpr int kOtherSchemaViolation = 1119;

// SW12xx: what a schema cannot say. Uniqueness, references, forms.
inline constexpr int kNoSite = 1201;
inline constexpr int kSecondSite = 1202;
inline constexpr int kDuplicateName = 1203;
inline constexpr int kDuplicateMac = 1204;
inline constexpr int kDuplicateUuid = 1205;
inline constexpr int kDuplicateSerial = 1206;
inline constexpr int kDuplicateHostname = 1207;
inline constexpr int kDuplicateAddress = 1208;
inline constexpr int kUnknownCluster = 1211;
inline constexpr int kUnknownAsset = 1212;
inline constexpr int kMissingFile = 1213;
inline constexpr int kBadFilePath = 1214;
inline constexpr int kMissingBase = 1215;
inline constexpr int kMissingBootFiles = 1216;
inline constexpr int kEvenControlPlanes = 1217;
inline constexpr int kBadName = 1221;
inline constexpr int kBadMac = 1222;
inline constexpr int kBadUuid = 1223;
inline constexpr int kBadSerial = 1224;
inline constexpr int kBadHostname = 1225;
inline constexpr int kBadDisk = 1226;
inline constexpr int kBadAddress = 1231;
inline constexpr int kReservedAddress = 1232;
inline constexpr int kGatewayOutsideSubnet = 1233;
inline constexpr int kGatewayIsNode = 1234;
inline constexpr int kGatewayWithoutAddress = 1235;
inline constexpr int kBadSubnet = 1236;
inline constexpr int kOverlappingSubnets = 1237;
inline constexpr int kNoGateway = 1238;
inline constexpr int kBadEndpoint = 1241;
inline constexpr int kBadBootServer = 1242;
inline constexpr int kBadAssetUrl = 1243;
inline constexpr int kBadDigest = 1244;
inline constexpr int kBadTalosVersion = 1245;
inline constexpr int kUnsupportedTalosVersion = 1246;
inline constexpr int kBadKubernetesVersion = 1247;
inline constexpr int kBadKernelArgument = 1248;
inline constexpr int kBadTimeout = 1249;
inline constexpr int kBadIp = 1251;
inline constexpr int kBadLink = 1252;
inline constexpr int kBadBond = 1253;
inline constexpr int kBadVip = 1254;
inline constexpr int kBadVolume = 1255;
inline constexpr int kBadDiskSelector = 1256;
inline constexpr int kBadKubernetesMetadata = 1257;
inline constexpr int kNotInTalosVersion = 1258;
inline constexpr int kBootFilesOfOtherVersion = 1259;
inline constexpr int kBadLabelSelector = 1261;
inline constexpr int kKubernetesOutOfRange = 1271;
inline constexpr int kBadClusterNetwork = 1272;
inline constexpr int kBadCni = 1273;
inline constexpr int kBadCertName = 1274;
inline constexpr int kBadRegistryMirror = 1275;
inline constexpr int kBadKubeletOption = 1276;
inline constexpr int kBadInstallOption = 1277;
inline constexpr int kOnlyWithSecrets = 1278;
inline constexpr int kNeedsDiscovery = 1279;
inline constexpr int kBadDhcpOption = 1281;
inline constexpr int kBadExit = 1282;
inline constexpr int kBadWipe = 1283;
inline constexpr int kWipeBreaksQuorum = 1284;
inline constexpr int kBootFilesInPart = 1285;
inline constexpr int kBadWindow = 1286;

// SW2xxx: the repository that holds the resources.
inline constexpr int kSymlinkAsFile = 2001;
inline constexpr int kSymlinkOutOfTree = 2002;
inline constexpr int kSubmodule = 2003;
inline constexpr int kLfsPointer = 2004;
inline constexpr int kFileTooLarge = 2005;
inline constexpr int kTooManyFiles = 2006;
inline constexpr int kBadPath = 2007;
inline constexpr int kNoResources = 2008;
inline constexpr int kBadIgnoreFile = 2009;
inline constexpr int kBadKeyFile = 2010;

// SW14xx: rendering. Base configs, patches, templates.
inline constexpr int kBaseConfig = 1401;
inline constexpr int kPatchRefused = 1402;
inline constexpr int kMachineConfig = 1403;
inline constexpr int kOfficialSchema = 1404;
inline constexpr int kUnusableSchema = 1405;
inline constexpr int kSchemaOfOtherVersion = 1406;
inline constexpr int kTemplateSyntax = 1411;
inline constexpr int kTemplateVariable = 1412;
inline constexpr int kTemplatePartial = 1413;
inline constexpr int kTemplateAdvertises = 1414;
inline constexpr int kBundleField = 1421;
inline constexpr int kBundleKey = 1422;
inline constexpr int kOldEncryption = 1423;
inline constexpr int kBaseOfOtherRole = 1431;
inline constexpr int kBaseOfOtherVersion = 1432;
inline constexpr int kBaseHoldsKey = 1433;
inline constexpr int kBaseKubernetes = 1434;

// SW15xx: encrypted files, and secrets that are not encrypted.
inline constexpr int kSecretsNoIdentity = 1501;
inline constexpr int kSecretsWrongIdentity = 1502;
inline constexpr int kSecretsDamaged = 1503;
inline constexpr int kSopsMac = 1504;
inline constexpr int kSecretsUnsupported = 1505;
inline constexpr int kSopsMetadata = 1506;
inline constexpr int kClearSecrets = 1507;

// SW30xx: the daemon's own file.
inline constexpr int kDaemonConfig = 3001;

}  // namespace slipway::code
