"""The model lists as data: names, shapes and batch sizes, those of PyTorch's dynamo benchmark lists.

Leaves: `SuiteModel`s by suite. A name that the installed timm or transformers lacks is skipped and counted by the
suite, not here. Importable without torch.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SuiteModel:
    name: str
    batch: int
    size: int  # image side for timm, tokens for huggingface


_TIMM = """
adv_inception_v3:8:299 beit_base_patch16_224:8:224 botnet26t_256:8:256 cait_m36_384:1:384 coat_lite_mini:8:224
convit_base:8:224 convmixer_768_32:2:224 convnext_base:8:224 crossvit_9_240:8:240 cspdarknet53:8:256
deit_base_distilled_patch16_224:8:224 densenet121:8:224 dla102:8:224 dm_nfnet_f0:8:256 dpn107:4:224
eca_botnext26ts_256:8:256 eca_halonext26ts:8:256 efficientnet_b0:8:224 ese_vovnet19b_dw:8:224 fbnetc_100:8:224
fbnetv3_b:8:256 gernet_l:8:256 ghostnet_100:8:224 gluon_inception_v3:8:299 gmixer_24_224:8:224 gmlp_s16_224:8:224
hrnet_w18:8:224 inception_v3:8:299 jx_nest_base:4:224 lcnet_050:8:224 levit_128:8:224 mixer_b16_224:8:224
mixnet_l:8:224 mnasnet_100:8:224 mobilenetv2_100:8:224 mobilenetv3_large_100:8:224 mobilevit_s:8:256 nfnet_l0:8:224
pit_b_224:8:224 pnasnet5large:1:331 poolformer_m36:4:224 regnety_002:8:224 repvgg_a2:8:224 res2net101_26w_4s:4:224
res2net50_14w_8s:8:224 res2next50:8:224 resmlp_12_224:8:224 resnest101e:4:256 resnet18:8:224 resnet50:8:224
resnext50_32x4d:8:224 rexnet_100:8:224 sebotnet33ts_256:8:256 selecsls42b:8:224 spnasnet_100:8:224
swin_base_patch4_window7_224:4:224 swsl_resnext101_32x16d:2:224 tf_efficientnet_b0:8:224 tf_mixnet_l:8:224
tinynet_a:8:192 tnt_s_patch16_224:8:224 twins_pcpvt_base:8:224 visformer_small:8:224 vit_base_patch16_224:8:224
volo_d1_224:8:224
xcit_large_24_p8_224:1:224 vgg16:4:224 seresnet50:8:224 vit_small_patch16_224:8:224
"""

# Configuration class without 'Config', head, batch, tokens: built from the configuration, never from the hub.
_HUGGINGFACE = """
Albert:MaskedLM:4:128 Bart:CausalLM:2:128 Bert:MaskedLM:4:128 Bert:QuestionAnswering:4:128
BlenderbotSmall:CausalLM:2:128 Camembert:MaskedLM:4:128 DebertaV2:MaskedLM:2:128 Deberta:MaskedLM:2:128
DistilBert:MaskedLM:4:128
DistilBert:QuestionAnswering:4:128 Electra:MaskedLM:4:128 Electra:QuestionAnswering:4:128 GPT2:LMHeadModel:2:128
GPT2:SequenceClassification:1:128 GPTNeo:CausalLM:1:128 Gemma:CausalLM:1:128 LayoutLM:MaskedLM:4:128
Llama:CausalLM:1:128 MBart:CausalLM:2:128 MT5:ConditionalGeneration:2:64 MegatronBert:MaskedLM:1:128
Mistral:CausalLM:1:128 MobileBert:MaskedLM:4:128 MPNet:MaskedLM:4:128 OPT:CausalLM:1:128 PLBart:CausalLM:2:128
Pegasus:CausalLM:2:128 Phi:CausalLM:1:128 Qwen2:CausalLM:1:128 Roberta:MaskedLM:4:128 RobertaPreLayerNorm:MaskedLM:4:128
T5:ConditionalGeneration:2:64 TrOCR:CausalLM:2:128 XGLM:CausalLM:1:64 XLNet:LMHeadModel:2:128 XLMRoberta:MaskedLM:4:128
ConvBert:MaskedLM:2:128 SqueezeBert:MaskedLM:4:128 GPTJ:CausalLM:1:64 GPTNeoX:CausalLM:1:64
"""


def _timm() -> dict[str, SuiteModel]:
    fields = (item.split(":") for item in _TIMM.split())
    return {name: SuiteModel(name, int(batch), int(size)) for name, batch, size in fields}


def _huggingface() -> dict[str, SuiteModel]:
    fields = (item.split(":") for item in _HUGGINGFACE.split())
    return {f"{kind}:{head}": SuiteModel(f"{kind}:{head}", int(batch), int(size)) for kind, head, batch, size in fields}


SUITES = {"timm": _timm(), "huggingface": _huggingface()}
EXTRA = {"timm": "timm", "huggingface": "transformers"}  # the package that a suite needs; both come with [suites]
